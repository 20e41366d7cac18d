"""A server of GustServing as a process: serving.py EXECUTABLE CHECK."""
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

executable, check = sys.argv[1:]
# Removed at the end of the process.
folder = tempfile.TemporaryDirectory(prefix="gust-serving-", ignore_cleanup_errors=True)
directory = folder.name


class Process:
    """The server; `lines` are those that it and its successors print."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen([executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, **options)
        self.lines = []
        self.condition = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.condition:
                self.lines.append(line.rstrip())
                self.condition.notify_all()

    def wait_for(self, pattern, count=1, seconds=20):
        """The last match, once the pattern has matched `count` lines."""
        with self.condition:
            def matches():
                return [match for match in (re.search(pattern, line) for line in self.lines) if match]
            found = self.condition.wait_for(lambda: len(matches()) >= count, seconds)
            assert found, f"{pattern!r} didn't come {count} times:\n" + "\n".join(self.lines)
            return matches()[count - 1]

    def listening(self, count=1):
        """The number of the process that listens as the `count`th, and its ports."""
        match = self.wait_for(r"^listening (\d+) (.*)$", count)
        return int(match[1]), [int(port) for port in match[2].split()]

    def ended(self, seconds=20):
        return self.process.wait(seconds)


def get(port, path="/", connection=None):
    connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def has_ended(process, seconds=20):
    """Whether a process that isn't a child of this one ends in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
            # A process whose parent has ended is a zombie until the first process of the system waits for it.
            with open(f"/proc/{process}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def stop(process):
    os.kill(process, signal.SIGTERM)
    assert has_ended(process), f"{process} didn't end"


def load():
    """Requests over keep-alive and new connections during three restarts: every one of them is answered."""
    server = Process("--tcp", "0")
    process, (port,) = server.listening()
    failures, answers, stopped = [], [], threading.Event()

    def worker(keeps_alive):
        connection = None
        while not stopped.is_set():
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                path = "/slow" if len(answers) % 50 == 0 else "/"
                connection.request("GET", path, headers={} if keeps_alive else {"Connection": "close"})
                response = connection.getresponse()
                body = response.read().decode()
                assert response.status == 200, response.status
                answers.append(int(body))
                if response.will_close:
                    connection.close()
                    connection = None
            except Exception as error:
                failures.append(repr(error))
                connection = None

    threads = [threading.Thread(target=worker, args=(number % 2 == 0,)) for number in range(8)]
    for thread in threads:
        thread.start()
    processes = [process]
    for restart in range(3):
        target = len(answers) + 700
        while len(answers) < target and not failures:
            time.sleep(0.01)
        os.kill(processes[-1], signal.SIGUSR2)
        processes.append(server.listening(restart + 2)[0])
        assert has_ended(processes[-2]), "the old process didn't end"
    target = len(answers) + 700
    while len(answers) < target and not failures:
        time.sleep(0.01)
    stopped.set()
    for thread in threads:
        thread.join()
    counts = {number: answers.count(number) for number in processes}
    print(f"{len(answers)} requests by {counts}, {len(failures)} failed: {failures[:5]}")
    assert not failures and len(answers) >= 2_000 and all(counts.values())
    stop(processes[-1])


def restart():
    """A successor that fails leaves the server in place; one that listens inherits its sockets only."""
    flag = os.path.join(directory, "ends")
    inherited = open(os.devnull)
    os.set_inheritable(inherited.fileno(), True)
    server = Process("--tcp", "0", "--ends-if", flag, pass_fds=[inherited.fileno()])
    process, (port,) = server.listening()
    open(flag, "w").close()
    os.kill(process, signal.SIGUSR2)
    server.wait_for("the next process ended with status 3 before it listened")
    assert get(port) == (200, str(process))
    os.remove(flag)
    # Connections of clients, and whatever the program has inherited or opened, aren't inherited by the next process.
    client = http.client.HTTPConnection("127.0.0.1", port)
    assert get(port, connection=client) == (200, str(process))
    os.kill(process, signal.SIGUSR2)
    successor, _ = server.listening(2)
    assert has_ended(process)
    descriptors = get(port, "/descriptors")[1].splitlines()
    sockets = [line for line in descriptors if "socket:" in line]
    # The listener, and the connection of this request.
    assert len(sockets) == 2, descriptors
    others = [line for line in descriptors if int(line.split()[0]) > 2 and not re.search("socket:|anon_inode:", line)]
    assert not others, others
    assert get(port, "/variables") == (200, "")
    stop(successor)


def signals():
    """The first signal drains; the second ends the server at once."""
    server = Process("--tcp", "0", "--window", "9000")
    process, (port,) = server.listening()
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(0.1)
    os.kill(process, signal.SIGTERM)
    assert b"Connection: close" in client.recv(1_000)
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        raise AssertionError("the server accepts connections in the drain")
    except ConnectionRefusedError:
        pass
    assert server.ended() == 0
    server = Process("--tcp", "0", "--window", "9000")
    process, (port,) = server.listening()
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert client.recv(1_000)
    start = time.monotonic()
    os.kill(process, signal.SIGTERM)
    time.sleep(0.2)
    assert server.process.poll() is None, "the server doesn't wait for its window"
    os.kill(process, signal.SIGINT)
    assert server.ended() == 0
    assert time.monotonic() - start < 4, "the second signal doesn't end the server at once"


def unix():
    """A Unix socket keeps its file over a restart, and loses it at the end; a stale file is replaced."""
    path = os.path.join(directory, "a.sock")

    def ask():
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b""
        while piece := client.recv(1_000):
            answer += piece
        return int(answer.split(b"\r\n\r\n")[1])

    stale = socket.socket(socket.AF_UNIX)
    stale.bind(path)
    stale.close()
    server = Process("--unix", path)
    process, _ = server.listening()
    assert ask() == process and os.stat(path).st_mode & 0o777 == 0o600
    other = Process("--unix", path)
    other.wait_for("another process listens on this socket")
    assert other.ended() == 1 and ask() == process
    os.kill(process, signal.SIGUSR2)
    successor, _ = server.listening(2)
    assert has_ended(process)
    assert ask() == successor
    stop(successor)
    assert not os.path.exists(path)


def reuse():
    """Two processes share one port."""
    first = Process("--reuse", "0")
    process, (port,) = first.listening()
    second = Process("--reuse", str(port))
    other, _ = second.listening()
    answers = set()
    for _ in range(500):
        answers.add(int(get(port)[1]))
        if len(answers) == 2:
            break
    assert answers == {process, other}
    third = Process("--tcp", str(port))
    third.wait_for(f"can't listen on http://127.0.0.1:{port}: Address already in use")
    for server in (first, second):
        server.process.terminate()
        assert server.ended() == 0


def activated(listener, *arguments, names="web", process="$$", count=1):
    """The server with a socket as its descriptor 3, as systemd starts it."""
    shell = f'exec 3<&{listener.fileno()}; export LISTEN_PID={process} LISTEN_FDS={count} LISTEN_FDNAMES={names}; exec "$@"'
    server = Process.__new__(Process)
    global executable
    real, executable = executable, "/bin/sh"
    try:
        server.__init__("-c", shell, "sh", real, *arguments, pass_fds=[listener.fileno()])
    finally:
        executable = real
    return server


def systemd():
    """A socket of systemd is adopted, its queue isn't lost, and the next process inherits it."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    waiting = socket.create_connection(("127.0.0.1", port))
    waiting.sendall(b"GET / HTTP/1.0\r\n\r\n")
    server = activated(listener, "--inherited")
    process, ports = server.listening()
    assert ports == [port]
    answer = b""
    while piece := waiting.recv(1_000):
        answer += piece
    assert answer.endswith(str(process).encode())
    assert get(port, "/variables") == (200, "")
    os.kill(process, signal.SIGUSR2)
    successor, ports = server.listening(2)
    assert ports == [port] and has_ended(process)
    assert get(port) == (200, str(successor))
    stop(successor)


def wrong_sockets():
    """Sockets for another process are ignored; what isn't a socket that listens is refused."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = activated(listener, "--inherited", process="1")
    server.wait_for(r"nothing to listen on: there is no listener, and no socket was inherited \(LISTEN_FDS\)")
    assert server.ended() == 1
    with open(os.devnull) as file:
        server = activated(file, "--inherited")
        server.wait_for(r"can't listen on descriptor 3 \(web\): the descriptor isn't a socket")
        assert server.ended() == 1
    unbound = socket.socket()
    server = activated(unbound, "--inherited")
    server.wait_for(r"can't listen on descriptor 3 \(web\): the socket isn't a stream socket that listens")
    assert server.ended() == 1
    server = activated(listener, "--inherited", count="many")
    server.wait_for("LISTEN_FDS is not a number from 1 to 256: many")
    assert server.ended() == 1


def notify():
    """The service manager is told when the server is ready, which process it is, and when it stops."""
    for path in (os.path.join(directory, "notify"), "@gust-" + str(os.getpid())):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind("\0" + path[1:] if path[0] == "@" else path)
        manager.settimeout(20)
        server = Process("--tcp", "0", env={**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})
        process, (port,) = server.listening()
        received = set()

        def expect(state):
            while state not in received:
                received.add(manager.recv(1_000).decode())

        expect("READY=1")
        expect("WATCHDOG=1")
        assert get(port, "/variables") == (200, "")
        received.clear()
        os.kill(process, signal.SIGUSR2)
        successor, _ = server.listening(2)
        expect(f"MAINPID={successor}")
        assert has_ended(process)
        assert "STOPPING=1" not in received, "the service hasn't stopped"
        received.clear()
        expect("WATCHDOG=1")
        os.kill(successor, signal.SIGTERM)
        expect("STOPPING=1")
        assert has_ended(successor)


def readiness():
    """/ready says that the server stops while it still serves."""
    server = Process("--tcp", "0", "--window", "2000")
    process, (port,) = server.listening()
    client = http.client.HTTPConnection("127.0.0.1", port)
    assert get(port, "/ready", client) == (200, '{"status":"pass"}')
    os.kill(process, signal.SIGTERM)
    time.sleep(0.2)
    assert get(port, "/ready", client) == (503, '{"output":"the server is stopping","status":"fail"}')
    assert server.ended() == 0


def drain():
    """The ends of 300 WebSockets are spread over the window."""
    server = Process("--tcp", "0", "--window", "2000")
    process, (port,) = server.listening()
    clients = []
    for _ in range(300):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += client.recv(1_000)
        clients.append(client)
    times = [0.0] * len(clients)

    def wait(number):
        frame = clients[number].recv(100)
        times[number] = time.monotonic()
        assert frame[:4] == b"\x88\x02\x03\xe9", frame  # 1001, going away
        clients[number].sendall(b"\x88\x82\0\0\0\0\x03\xe9")
        clients[number].close()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    start = time.monotonic()
    os.kill(process, signal.SIGTERM)
    for thread in threads:
        thread.join()
    tenths = [0] * 30
    for moment in times:
        tenths[min(29, int((moment - start) * 10))] += 1
    print("closed in each tenth of a second:", tenths)
    assert sum(tenths[:9]) == 0, "a WebSocket was closed in the first half of the window"
    assert max(tenths) < 120, "the ends aren't spread"
    assert server.ended() == 0


globals()[check]()
print("passed")
