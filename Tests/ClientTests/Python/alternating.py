"""Several EchoServers that forward requests to each other, behind a proxy without sticky sessions."""
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

from server import Server


class AlternatingProxy:
    """Gives each request to another server; `ports` may change."""

    def __init__(self, ports):
        self.ports = ports
        self.next = 0
        self.requests = [0] * len(ports)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        """One request; the client opens another connection for the next one, except for a WebSocket."""
        try:
            received = b""
            while b"\r\n\r\n" not in received:
                piece = client.recv(65536)
                if not piece:
                    return
                received += piece
            head, rest = received.split(b"\r\n\r\n", 1)
            lines = head.split(b"\r\n")
            if not any(line.lower().startswith(b"upgrade:") for line in lines):
                lines = [line for line in lines if not line.lower().startswith(b"connection:")] + [b"Connection: close"]
            server = self.connect()
            server.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + rest)
            threading.Thread(target=self.pipe, args=(client, server), daemon=True).start()
            self.pipe(server, client)
        except OSError:
            pass
        finally:
            client.close()

    def connect(self):
        """A connection to the next server that is there."""
        for _ in self.ports:
            index = self.next = (self.next + 1) % len(self.ports)
            try:
                connection = socket.create_connection(("127.0.0.1", self.ports[index]), timeout=120)
            except OSError:
                continue
            self.requests[index] += 1
            return connection
        raise OSError("no server is there")

    @staticmethod
    def pipe(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Nodes:
    """Three nodes, and the address of the proxy in front of them; they reach each other by sockets in a folder."""

    def __init__(self, executable, *arguments):
        self.folder = tempfile.mkdtemp(prefix="gust-nodes-")
        self.servers = [Server(executable, *self.options(), *arguments) for _ in range(3)]
        self.proxy = AlternatingProxy([server.port for server in self.servers])
        self.address = f"http://127.0.0.1:{self.proxy.port}"

    def options(self):
        return ["--forwarding", self.folder]

    def end(self):
        pass

    @property
    def requests(self):
        return self.proxy.requests

    def totals(self):
        """How many connections each node has had."""
        totals = []
        for server in self.servers:
            with urllib.request.urlopen(f"{server.address}/stats", timeout=10) as answer:
                totals.append(json.load(answer)["sessions_total"])
        return totals

    def with_new_connection(self, before):
        """The index of the one node that has a connection more than `before`."""
        changes = [now - then for now, then in zip(self.totals(), before)]
        assert sorted(changes) == [0, 0, 1], changes
        return changes.index(1)

    def kill(self, index):
        self.servers[index].kill()

    def restart(self, index):
        self.servers[index].start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.proxy.listener.close()
        for server in self.servers:
            if kind is None:
                server.stop()
            else:
                server.kill()
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)


class RedisNodes(Nodes):
    """Nodes that share a Redis, and reach each other by it, or find each other in it (`way` is `bus` or `tcp`)."""

    way = "tcp"

    def __init__(self, executable, *arguments):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.redis_port = free.getsockname()[1]
        self.redis = subprocess.Popen(["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""],
                                      stdout=subprocess.DEVNULL)
        while socket.socket().connect_ex(("127.0.0.1", self.redis_port)) != 0:
            time.sleep(0.01)
        super().__init__(executable, *arguments)

    def options(self):
        return ["--redis", str(self.redis_port), "--forwarding", self.way]

    def end(self):
        self.redis.kill()
        self.redis.wait(10)


class BusNodes(RedisNodes):
    way = "bus"
