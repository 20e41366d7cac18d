"""Measures EchoServer and the bare epoll echo in turn, and prints medians of the server's CPU time per message."""
import json
import socket
import statistics
import subprocess
import sys

tools, seconds, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])

WORKLOADS = [
    # name, reference (or None), arguments of the load generator
    ("echo, depth 1", "tcp1", ["-w", "echo", "-c", "64", "-k", "1", "-b", "64"]),
    ("echo, depth 16", "tcp16", ["-w", "echo", "-c", "64", "-k", "16", "-b", "64"]),
    ("0.6 echo, depth 1", "tcp1", ["--proto", "legacy06", "-w", "echo", "-c", "64", "-k", "1", "-b", "64"]),
    ("0.6 echo, depth 16", "tcp16", ["--proto", "legacy06", "-w", "echo", "-c", "64", "-k", "16", "-b", "64"]),
    ("acknowledgement, depth 1", "tcp1", ["-w", "ack", "-c", "64", "-k", "1", "-b", "64"]),
    ("raw WebSocket, depth 16", "tcp16", ["--proto", "raw", "-P", "/ws", "-w", "echo", "-c", "64", "-k", "16", "-b", "64"]),
    ("broadcast to 1,000, per delivery", "tcp1", ["-w", "bcast", "-c", "1000"]),
    ("long-polling echo", "tcp1", ["-w", "polling", "-c", "64"]),
    ("connect, upgrade, echo, close", None, ["-w", "churn", "-c", "64"]),
]
REFERENCES = {
    "tcp1": ["--proto", "tcp", "-w", "echo", "-c", "64", "-k", "1", "-b", "64"],
    "tcp16": ["--proto", "tcp", "-w", "echo", "-c", "64", "-k", "16", "-b", "64"],
}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pinned(core, command, **options):
    return subprocess.Popen(["taskset", "-c", str(core), *command], **options)


def measure(arguments, port, pid):
    command = ["taskset", "-c", "1", f"{tools}/sioload", "--json", "-p", str(port), "-d", seconds, "--server-pid", str(pid)]
    output = subprocess.run(command + arguments, capture_output=True, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])


echo_port = free_port()
echo = pinned(0, [f"{tools}/epoll_echo", str(echo_port)])
server = pinned(0, [".build/release/EchoServer", "--port", "0", "--no-auth", "--loops", "1"], stdout=subprocess.PIPE, text=True)
try:
    port = int(server.stdout.readline().split()[1])
    figures = {}
    for _ in range(rounds):
        for name, arguments in REFERENCES.items():
            figures.setdefault(name, []).append(measure(arguments, echo_port, echo.pid))
        for name, _, arguments in WORKLOADS:
            figures.setdefault(name, []).append(measure(arguments, port, server.pid))
    median = lambda name, key: statistics.median(run[key] for run in figures[name])
    print(f"\n{'':36}{'CPU, µs':>10}{'a second':>12}{'ratio':>8}")
    for name in REFERENCES:
        print(f"{'bare epoll echo, ' + name:36}{median(name, 'server_us_per_unit'):10.2f}{median(name, 'per_s'):12,.0f}")
    for name, reference, _ in WORKLOADS:
        cost = median(name, "server_us_per_unit")
        ratio = f"{cost / median(reference, 'server_us_per_unit'):8.2f}" if reference else ""
        print(f"{name:36}{cost:10.2f}{median(name, 'per_s'):12,.0f}{ratio}")
    idle = measure(["-w", "idle", "-c", "5000"], port, server.pid)
    print(f"{'idle WebSocket client':36}{idle['rss_per_conn'] / 1000:8.1f} kB")
finally:
    server.terminate()
    echo.terminate()
