"""Measures EchoServer, servers of SwiftNIO alone and a bare epoll echo in turn: endtoend.py TOOLS SECONDS ROUNDS [--write FILE].

Prints medians of the server's CPU time for a message, and their ratios to the epoll echo. With --write, the table is written between the
marks of the file.
"""
import contextlib
import json
import os
import statistics
import subprocess
import sys

from document import table, take_document, write_between
from server import Server

document = take_document(sys.argv)
tools, seconds, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
SERVER_CORE, LOAD_CORE = 0, 1

SERVERS = {
    "epoll": [f"{tools}/epoll_echo"],
    "uWebSockets": [f"{tools}/uws_echo"],
    "NIO TCP": [f"{tools}/BareServers", "tcp"],
    "NIO frames": [f"{tools}/BareServers", "frames"],
    "Gust": [f"{tools}/EchoServer", "--no-auth", "--loops", "1"],
}
echo = lambda protocol, depth: ["--proto", *protocol.split(), "-w", "echo", "-c", "64", "-k", str(depth), "-b", "64"]
TCP1, TCP16 = "TCP echo, depth 1 (epoll)", "TCP echo, depth 16 (epoll)"
WORKLOADS = [
    # name, server, reference (or None), arguments of the load generator
    (TCP1, "epoll", None, echo("tcp", 1)),
    (TCP16, "epoll", None, echo("tcp", 16)),
    ("WebSocket echo, depth 1 (uWebSockets)", "uWebSockets", TCP1, echo("raw", 1)),
    ("WebSocket echo, depth 16 (uWebSockets)", "uWebSockets", TCP16, echo("raw", 16)),
    ("TCP echo, depth 1 (bare NIO)", "NIO TCP", TCP1, echo("tcp", 1)),
    ("WebSocket echo, depth 1 (bare NIO)", "NIO frames", TCP1, echo("raw", 1)),
    ("WebSocket echo, depth 16 (bare NIO)", "NIO frames", TCP16, echo("raw", 16)),
    ("WebSocket echo, depth 1", "Gust", TCP1, echo("raw -P /ws", 1)),
    ("WebSocket echo, depth 16", "Gust", TCP16, echo("raw -P /ws", 16)),
    ("Socket.IO echo, depth 1", "Gust", TCP1, echo("sio", 1)),
    ("Socket.IO echo, depth 16", "Gust", TCP16, echo("sio", 16)),
    ("0.6 echo, depth 1", "Gust", TCP1, echo("legacy06", 1)),
    ("0.6 echo, depth 16", "Gust", TCP16, echo("legacy06", 16)),
    ("acknowledgement, depth 1", "Gust", TCP1, ["-w", "ack", "-c", "64", "-k", "1", "-b", "64"]),
    ("broadcast to 1,000, per delivery (uWebSockets)", "uWebSockets", TCP1, ["-w", "bcast", "-c", "1000"]),
    ("broadcast to 1,000, per delivery", "Gust", TCP1, ["-w", "bcast", "-c", "1000"]),
    ("long-polling echo", "Gust", TCP1, ["-w", "polling", "-c", "64"]),
    ("connect, upgrade, echo, close (uWebSockets)", "uWebSockets", None, ["--proto", "raw", "-w", "churn", "-c", "64"]),
    ("connect, upgrade, echo, close (bare NIO)", "NIO frames", None, ["--proto", "raw", "-w", "churn", "-c", "64"]),
    ("connect, upgrade, echo, close", "Gust", None, ["-w", "churn", "-c", "64"]),
]


def measure(arguments, server):
    command = ["taskset", "-c", str(LOAD_CORE), f"{tools}/sioload", "--json", "-p", str(server.port), "-d", seconds,
               "--server-pid", str(server.pid), *arguments]
    output = subprocess.run(command, capture_output=True, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])


with contextlib.ExitStack() as stack:
    # uWebSockets is measured only if its echo has been built.
    SERVERS = {name: command for name, command in SERVERS.items() if os.path.exists(command[0])}
    WORKLOADS = [workload for workload in WORKLOADS if workload[1] in SERVERS]
    servers = {name: stack.enter_context(Server(command, SERVER_CORE)) for name, command in SERVERS.items()}
    figures = {}
    for _ in range(rounds):
        for name, server, _, arguments in WORKLOADS:
            figures.setdefault(name, []).append(measure(arguments, servers[server]))
    median = lambda name, key: statistics.median(run[key] for run in figures[name])
    rows = []
    for name, _, reference, _ in WORKLOADS:
        cost = median(name, "server_us_per_unit")
        ratio = f"{cost / median(reference, 'server_us_per_unit'):.2f}" if reference else ""
        rows.append((name, f"{cost:.2f}", f"{1e6 / cost:,.0f}", ratio))
    titles = ("one server thread", "CPU, µs", "in a second", "ratio to epoll")
    print()
    for name, *cells in [titles, *rows]:
        print(f"{name:48}" + "".join(f"{cell:>16}" for cell in cells))
    idle = measure(["-w", "idle", "-c", "5000", "-d", "1"], servers["Gust"])
    print(f"{'idle Socket.IO client':48}{idle['anon_per_conn'] / 1000:13.1f} kB")
if document:
    write_between(document, "times", table(titles, rows))
