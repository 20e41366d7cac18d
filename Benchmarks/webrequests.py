"""Measures requests of EchoServer beside nginx, uWebSockets and SwiftNIO alone, in turn: webrequests.py TOOLS [--write FILE].

Prints medians of the CPU time of the server for a request over ROUNDS (5) rounds of SECONDS_EACH (2) seconds, and their ratios to a peer in
the same run. Servers whose programs aren't there are left out. With --write, the table is written between the marks of the file.
"""
import contextlib
import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

from document import table, take_document, write_between
from load import SECONDS, SERVER_CORE, on_load_core, wrk
from server import Server

arguments = sys.argv[1:]
document = take_document(arguments)
tools = arguments[0]
ROUNDS = int(os.environ.get("ROUNDS", "5"))

NGINX = """
daemon off; master_process off; worker_processes 1; pid PIDFILE; error_log /dev/null;
events { worker_connections 1024; }
http {
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100; include /etc/nginx/mime.types;
    server { listen 127.0.0.1:PORT; root ROOT; gzip_static on; }
}
"""
GZIP = ("-H", "Accept-Encoding: gzip")


class Nginx(Server):
    """nginx without a log, with an open file cache, one worker and `gzip_static`."""

    # Debian's is in /usr/sbin, which isn't in the PATH of every user.
    PROGRAM = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")

    def __init__(self, folder):
        self.folder = folder
        super().__init__([self.PROGRAM], SERVER_CORE)

    def command(self, port):
        path = os.path.join(self.folder, "nginx.conf")
        values = {"PIDFILE": f"{self.folder}/nginx.pid", "PORT": str(port), "ROOT": f"{self.folder}/public"}
        text = NGINX
        for name, value in values.items():
            text = text.replace(name, value)
        with open(path, "w") as file:
            file.write(text)
        return [self.PROGRAM, "-p", self.folder, "-c", path]


def make_files(folder):
    """Files of 1 kB and 100 kB that are half as long when they are compressed, and their compressed forms."""
    os.makedirs(f"{folder}/public/static")
    generator = random.Random(1)
    for name, length in (("1k.txt", 1_000), ("100k.txt", 100_000)):
        path = f"{folder}/public/{name}"
        with open(path, "wb") as file:
            file.write(bytes(generator.choice(b"abcdefghijklmnop") for _ in range(length)))
        with open(path, "rb") as file, open(f"{path}.gz", "wb") as compressed:
            compressed.write(gzip.compress(file.read(), 9))
        for end in ("", ".gz"):
            os.symlink(f"../{name}{end}", f"{folder}/public/static/{name}{end}")


def polling(server):
    """The CPU time of an echo over long-polling, which takes a POST and a GET."""
    command = [f"{tools}/sioload", "--json", "-p", str(server.port), "-d", SECONDS, "-w", "polling", "-c", "16", "-b", "64",
               "--server-pid", str(server.pid)]
    output = subprocess.run(on_load_core(command), stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(output.strip().splitlines()[-1])["server_us_per_unit"]


get = lambda path, *options: lambda server: wrk(server, path, *options)["cpu"]
HELLO = "hello"
ROWS = [
    # name, load, server, the row and the server that it is compared with
    (HELLO, get("/"), "uWebSockets", None),
    (HELLO, get("/"), "SwiftNIO alone", None),
    (HELLO, get("/"), "Gust", (HELLO, "SwiftNIO alone")),
    ("a captured number", get("/users/4711"), "uWebSockets", None),
    ("a captured number", get("/users/4711"), "Gust", (HELLO, "Gust")),
    ("long-polling echo", polling, "Gust", (HELLO, "Gust")),
]
for length in ("1k", "100k"):
    for options, what in (((), ""), (GZIP, ", compressed before")):
        name = f"file of {length}B{what}"
        ROWS.append((name, get(f"/static/{length}.txt", *options), "nginx", None))
        ROWS.append((name, get(f"/static/{length}.txt", *options), "Gust", (name, "nginx")))

with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
    make_files(folder)
    servers = {"Gust": stack.enter_context(Server([f"{tools}/EchoServer", "--no-auth", "--loops", "1"], SERVER_CORE, folder))}
    if Nginx.PROGRAM:
        servers["nginx"] = stack.enter_context(Nginx(folder))
    for name, command in {"uWebSockets": [f"{tools}/uws_echo"], "SwiftNIO alone": [f"{tools}/BareServers", "hello"]}.items():
        if os.path.exists(command[0]):
            servers[name] = stack.enter_context(Server(command, SERVER_CORE))
    figures = {}
    for _ in range(ROUNDS):
        for name, load, server, _ in ROWS:
            if server in servers:
                figures.setdefault((name, server), []).append(load(servers[server]))

median = lambda key: statistics.median(figures[key])
rows = []
for name, _, server, peer in ROWS:
    if (name, server) in figures:
        ratio = f"{median((name, server)) / median(peer):.2f} × {peer[0] if peer[1] == server else peer[1]}" if peer in figures else ""
        rows.append((f"{name} ({server})", f"{median((name, server)):.2f}", ratio))
titles = ("one server thread", "CPU, µs", "ratio")
for name, cost, ratio in [titles, *rows]:
    print(f"{name:44}{cost:>10}   {ratio}")
if document:
    write_between(document, "requests", table(titles, rows))
