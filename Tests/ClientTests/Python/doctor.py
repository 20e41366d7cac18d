"""`gust doctor` with servers behind nginx, in a right and in several wrong configurations: doctor.py GUST ECHOSERVER CHECK."""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from server import Server

gust, executable, check = sys.argv[1:]
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
RIGHT = """
    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $upgrade_connection;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Host $host;
    proxy_read_timeout 60s;
    client_max_body_size 2m;
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """A proxy in front of servers, with the settings of one location."""

    def __init__(self, ports, settings, upstream="ip_hash;"):
        self.directory = tempfile.mkdtemp(prefix="gust-nginx-")
        self.port = free_port()
        servers = "".join(f"server 127.0.0.1:{port};" for port in ports)
        with open(f"{self.directory}/nginx.conf", "w") as file:
            file.write(f"""
daemon off; user root; pid {self.directory}/pid; error_log {self.directory}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {self.directory}/body; proxy_temp_path {self.directory}/proxy; fastcgi_temp_path {self.directory}/fastcgi;
    uwsgi_temp_path {self.directory}/uwsgi; scgi_temp_path {self.directory}/scgi;
    map $http_upgrade $upgrade_connection {{ default upgrade; '' ''; }}
    upstream app {{ {upstream} {servers} }}
    server {{
        listen 127.0.0.1:{self.port};
        location / {{ proxy_pass http://app; {settings} }}
    }}
}}
""")
        self.process = subprocess.Popen([NGINX, "-c", f"{self.directory}/nginx.conf", "-e", f"{self.directory}/error.log"],
                                        stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}/"
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("nginx doesn't listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.directory)


class EventServer:
    """Server-sent events: one at once, and one every 0.2 s; or as a proxy shows them that keeps back all after the first `pieces`."""

    def __init__(self, pieces=1_000):
        self.pieces = pieces
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        request = connection.recv(65_536).decode()
        if request.startswith("GET /events"):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n"
                               b"Transfer-Encoding: chunked\r\n\r\n")
            try:
                for _ in range(self.pieces):
                    connection.sendall(b"9\r\ndata: 1\n\n\r\n")
                    time.sleep(0.2)
                connection.recv(1)
            except OSError:
                pass
        else:
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()


def doctor(*arguments):
    """The status and the lines of a run."""
    run = subprocess.run([gust, "doctor", *arguments], capture_output=True, text=True, timeout=90)
    return run.returncode, run.stdout + run.stderr


def expect(result, status, *patterns):
    found, text = result
    assert found == status, f"status {found}:\n{text}"
    for pattern in patterns:
        assert re.search(pattern, text, re.M), f"{pattern!r} isn't in:\n{text}"
    return text


def right():
    """A right proxy: no failure, and no warning."""
    with Server(executable) as first, Server(executable) as second, Nginx([first.port, second.port], RIGHT) as proxy:
        text = expect(doctor(proxy.url, "--wait", "1"), 0, "^ok +polling works", "^ok +WebSockets work", "^ok +a body of 1000000 bytes",
                      "^ok +connections are kept alive", "^ok +a forged X-Forwarded-Host has no effect", "^ok +a poll is held for 1 s")
        assert "warning" not in text, text


def unsticky():
    """Two servers that take turns."""
    with Server(executable) as first, Server(executable) as second, \
            Nginx([first.port, second.port], RIGHT, upstream="") as proxy:
        expect(doctor(proxy.url, "--wait", "1"), 1, r"^failure +the requests of one client reach different servers", "→ sticky sessions")


def upgrade():
    """A proxy that loses the fields of the upgrade."""
    settings = re.sub(r"proxy_set_header (Upgrade|Connection).*\n", "", RIGHT) + 'proxy_set_header Connection "";'
    with Server(executable) as server, Nginx([server.port], settings) as proxy:
        expect(doctor(proxy.url, "--wait", "1"), 1, r"^failure +WebSockets are refused with 4\d\d", "→ nginx: `proxy_http_version",
               "^ok +polling works")


def body():
    """A proxy that takes short bodies only."""
    with Server(executable) as server, Nginx([server.port], RIGHT.replace("2m", "100k")) as proxy:
        expect(doctor(proxy.url, "--wait", "1"), 1, r"^failure +a body of 1000000 bytes is refused with 413", "client_max_body_size 2m")


def idle():
    """A proxy that is impatient."""
    with Server(executable) as server, Nginx([server.port], RIGHT.replace("60s", "1s")) as proxy:
        expect(doctor(proxy.url, "--wait", "4"), 1, r"^failure +a poll is answered 504 after 1 s", "proxy_read_timeout 60s")


def down():
    """A proxy without a server, and no proxy at all."""
    with Nginx([free_port()], RIGHT) as proxy:
        expect(doctor(proxy.url), 1, r"^failure .*502: the proxy reaches no server")
    expect(doctor(f"http://127.0.0.1:{free_port()}/"), 1, r"^failure .*can't be reached: .*onnect")


def events():
    """Server-sent events through a proxy that lets them pass, and as proxies show them that keep them back."""
    server = EventServer()
    with Nginx([server.port], RIGHT) as proxy:
        expect(doctor(proxy.url, "--events", "/events", "--wait", "2"), 0, "^ok +server-sent events at /events arrive while")
    one, none = EventServer(1), EventServer(0)
    expect(doctor(f"http://127.0.0.1:{one.port}/", "--events", "/events", "--wait", "2"), 0,
           "^warning +server-sent events at /events: no second one within 2 s", "proxy_buffering off", "--wait 20")
    expect(doctor(f"http://127.0.0.1:{none.port}/", "--events", "/events", "--wait", "1"), 1,
           "^failure +server-sent events at /events are kept back for 2 s", "proxy_buffering off")
    for server in (server, one, none):
        server.listener.close()


def machine():
    """The machine, with a port that is in use, few descriptors, and no toolchain."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        expect(doctor("--port", str(port)), 0, r"^ok +Swift \d", r"^ok +zlib \d",
               rf"^warning +can't listen on 127.0.0.1 port {port}: Address already in use")
    command = f"ulimit -n 256; PATH=/usr/bin:/bin exec {gust} doctor --port 0"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    text = run.stdout + run.stderr
    assert run.returncode == (0 if os.path.exists("/usr/bin/swift") else 1), text
    assert re.search("^warning +a process may have only 256 descriptors", text, re.M), text


globals()[check]()
