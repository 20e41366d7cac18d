"""Counts the allocations of EchoServer for each message, and fails if a count is above its limit: allocations.py TOOLS.

Counts are the same on every machine, unlike times. If a change reduces a count, lower the limit here; if a change needs a higher limit,
state the reason in the commit.
"""
import mmap
import os
import re
import socket
import struct
import subprocess
import sys

tools = sys.argv[1]
WARM_UP, ROUNDS = 300, 2000
TEXT = "x" * 64
# For occasional allocations (the date of a new second, a heartbeat), and for reads that the network splits differently.
SLACK, SLACK_FACTOR = 0.1, 1.02


class Connection:
    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, length):
        received = b""
        while len(received) < length:
            part = self.socket.recv(length - len(received))
            assert part, "the server has closed the connection"
            received += part
        return received

    def read_head(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.read(1)
        return head

    def request(self, text, body=""):
        """Sends one request on the open connection; returns the body of the response."""
        method, path = text.split()
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        return self.read(int(re.search(rb"content-length: (\d+)", self.read_head(), re.I)[1]))


class WebSocket(Connection):
    def __init__(self, path):
        super().__init__()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode())
        head = self.read_head()
        assert head.startswith(b"HTTP/1.1 101"), head

    @staticmethod
    def frame(text):
        # A mask of zeros leaves the payload as it is.
        return struct.pack("!BBI", 0x81, 0x80 | len(text), 0) + text.encode()

    def receive(self):
        return self.read(self.read(2)[1]).decode()

    def echo(self, text, answer, depth=1):
        """Sends a burst of messages in one piece, and reads all their answers; gives the number of messages."""
        self.socket.sendall(self.frame(text) * depth)
        expected = (bytes([0x81, len(answer)]) + answer.encode()) * depth
        assert self.read(len(expected)) == expected
        return depth


def socket_io():
    client = WebSocket("/socket.io/?EIO=4&transport=websocket")
    client.receive()
    client.socket.sendall(client.frame("40"))
    client.receive()
    return client


def echo(depth):
    client, text = socket_io(), f'42["message","{TEXT}"]'
    return lambda: client.echo(text, text, depth)


def acknowledgement():
    client = socket_io()
    return lambda: client.echo(f'421["message-with-ack","{TEXT}"]', f'431["{TEXT}"]')


def seed(depth):
    client, text = WebSocket("/socket.io/websocket"), f"~m~{len(TEXT)}~m~{TEXT}"
    client.receive()
    return lambda: client.echo(text, text, depth)


def raw(depth):
    client = WebSocket("/ws")
    return lambda: client.echo(TEXT, TEXT, depth)


def broadcast():
    clients, text = [socket_io() for _ in range(50)], '42["bcast",1]'

    def round():
        clients[0].socket.sendall(WebSocket.frame(text))
        for client in clients:
            assert client.receive() == text
        return len(clients)

    return round


def polling():
    reader, writer = Connection(), Connection()
    sid = re.search(r'"sid":"([^"]+)"', reader.request("GET /socket.io/?EIO=4&transport=polling").decode())[1]
    path, text = f"/socket.io/?EIO=4&transport=polling&sid={sid}", f'42["message","{TEXT}"]'
    writer.request(f"POST {path}", "40")
    assert reader.request(f"GET {path}").startswith(b"40")

    def round():
        assert writer.request(f"POST {path}", text) == b"ok"
        assert reader.request(f"GET {path}") == text.encode()
        return 1

    return round


def page(path, answer):
    client = Connection()

    def round():
        assert client.request(f"GET {path}") == answer
        return 1

    return round


# At depth 16 a read is longer than the buffer that the connections of a loop share, which is 512 bytes: a larger one is allocated for the
# read. A read of one message allocates nothing: the memory for payloads and for output is shared, too.
WORKLOADS = [
    # name, maximum allocations for each message, workload
    ("Socket.IO echo, depth 1", 0, lambda: echo(1)),
    ("Socket.IO echo, depth 16", 0.15, lambda: echo(16)),
    ("acknowledgement", 1, acknowledgement),
    ("0.6 echo, depth 1", 1, lambda: seed(1)),
    ("0.6 echo, depth 16", 1.15, lambda: seed(16)),
    ("raw WebSocket, depth 16", 0.15, lambda: raw(16)),
    ("broadcast to 50, a delivery", 0.11, broadcast),
    ("long-polling echo", 12.4, polling),
    ("hello", 1.1, lambda: page("/", b"ok")),
    ("regex route", 2.1, lambda: page("/users/42", b"42")),
]

path = os.path.abspath(f"{tools}/allocations")
with open(path, "wb") as file:
    file.write(bytes(8))
with open(path, "r+b") as file:
    counter = mmap.mmap(file.fileno(), 8)
allocations = lambda: struct.unpack("=Q", counter)[0]
preloaded = {"LD_PRELOAD": os.path.abspath(f"{tools}/allocations.so"), "ALLOCATIONS": path}
server = subprocess.Popen([f"{tools}/EchoServer", "--port", "0", "--no-auth", "--loops", "1"],
                          stdout=subprocess.PIPE, text=True, env={**os.environ, **preloaded})
failures = 0
try:
    port = int(server.stdout.readline().split()[1])
    print(f"{'allocations':32}{'a message':>10}{'at most':>10}")
    for name, limit, prepare in WORKLOADS:
        round = prepare()
        for _ in range(WARM_UP):
            round()
        before = allocations()
        assert before > 0, "nothing was counted"
        messages = sum(round() for _ in range(ROUNDS))
        count = (allocations() - before) / messages
        is_more = count > limit * SLACK_FACTOR + SLACK
        failures += is_more
        print(f"{name:32}{count:10.2f}{limit:10.2f}{'  TOO MANY' if is_more else ''}", flush=True)
finally:
    server.terminate()
sys.exit(1 if failures else 0)
