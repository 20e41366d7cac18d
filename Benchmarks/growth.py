"""Measures how cost grows, one axis at a time: growth.py TOOLS [--write FILE] [AXIS…].

The axes are clients, rooms, loops, routes and bodies. EchoServer runs on core 0 and the load generator on core 1, except for `loops`. Each
figure is the best of ROUNDS (3) measurements of SECONDS_EACH (2) seconds, because other programs on the machine only make them worse.
Times vary between runs and machines; the shapes of the curves don't. With --write, the tables are written between the marks of the file, and the plots into the folder `plots` beside it.
"""
import json
import os
import subprocess
import sys
import tempfile

import load
from document import table, take_document, write_between
from load import SECONDS, SERVER_CORE, on_load_core
from plot import draw
from server import Server

arguments = sys.argv[1:]
document = take_document(arguments)
tools, wanted = arguments[0], arguments[1:]
ROUNDS = int(os.environ.get("ROUNDS", "3"))


def gust(*options, loops=1, core=SERVER_CORE, folder=None):
    return Server([f"{tools}/EchoServer", "--no-auth", "--loops", str(loops), *options], core, folder)


def best(measurements):
    """The best of each number of some measurements: the lowest time, the highest rate."""
    return {name: (min if name in ("cpu", "p99") else max)(each[name] for each in measurements) for name in measurements[0]}


def sioload_once(server, *options, is_pinned=True):
    command = [f"{tools}/sioload", "--json", "-p", str(server.port), "-d", SECONDS, "--warmup", "0.5", "--timeout", "120",
               "--ramp", "4000", "--server-pid", str(server.pid), *options]
    output = subprocess.run(on_load_core(command) if is_pinned else command, stdout=subprocess.PIPE, text=True, check=True).stdout
    report = json.loads(output.strip().splitlines()[-1])
    return {"rate": report["per_s"], "p99": report["latency_us"]["p99"], "cpu": report["server_us_per_unit"],
            "load": report["client_cpu"], "server": report["server_cpu"]}


def sioload(server, *options, **where):
    """Runs the load generator ROUNDS times; gives the best figures."""
    return best([sioload_once(server, *options, **where) for _ in range(ROUNDS)])


def sioload_anew(*options):
    """Runs the load generator ROUNDS times, each time with a new server, which closes no clients of the last time; gives the best figures."""
    reports = []
    for _ in range(ROUNDS):
        with gust() as server:
            reports.append(sioload_once(server, *options))
    return best(reports)


def wrk(server, path, *options, connections=16):
    """Runs wrk ROUNDS times; gives the best figures, in microseconds."""
    return best([load.wrk(server, path, *options, connections=connections) for _ in range(ROUNDS)])


def report(axis, titles, rows):
    print(f"\n{axis}")
    for row in [titles, *rows]:
        print("".join(f"{cell:>22}" for cell in row), flush=True)
    if document:
        write_between(document, axis, table(titles, rows))


def plot(name, *figure, **options):
    if document:
        folder = os.path.join(os.path.dirname(document), "plots")
        os.makedirs(folder, exist_ok=True)
        draw(os.path.join(folder, f"{name}.svg"), *figure, **options)


def measure_clients():
    """Socket.IO echoes of many clients: as fast as possible, and at a rate that the server has time for."""
    calm = 5_000
    rows, rates, latencies, calm_latencies = [], [], [], []
    for count in (10, 100, 1_000, 10_000, 19_000):
        full = sioload_anew("-w", "echo", "-c", str(count))
        slow = sioload_anew("-w", "echo", "-c", str(count), "--rate", str(calm))
        rows.append((f"{count:,}", f"{full['rate']:,.0f}", f"{full['cpu']:.1f} µs", f"{full['p99'] / 1e3:,.2f} ms", f"{slow['p99'] / 1e3:,.2f} ms"))
        rates.append((count, 1e6 / full["cpu"]))
        latencies.append((count, full["p99"] / 1e3))
        calm_latencies.append((count, slow["p99"] / 1e3))
    report("growth of clients", ("clients", "messages a second", "server CPU each", "p99, all waiting", f"p99 at {calm:,} a second"), rows)
    plot("clients", "Echoes of Socket.IO clients, one loop", "clients, each with one message outstanding", "messages in a second of CPU", {"Gust": rates})
    plot("clients-latency", "Time until the echo, 99 of 100 messages", "clients", "milliseconds",
         {"all clients wait for an echo": latencies, f"{calm:,} messages a second": calm_latencies}, is_logarithmic=True)


def measure_rooms():
    """Broadcasts to one room of fifty clients, which are in many rooms."""
    clients, rows, rates, latencies = 50, [], [], []
    for rooms in (1, 10, 100, 1_000, 10_000):
        with gust("--max-rooms", "20000") as server:
            subprocess.run([f"{tools}/sioload", "-p", str(server.port), "-w", "echo", "-c", str(clients), "-d", "0.2"],
                           check=True, capture_output=True)
            before = server.memory()
            figures = sioload(server, "-w", "bcast", "-c", str(clients), "--rooms", str(rooms))
            memory = (server.memory() - before) / (clients * rooms)
        rows.append((f"{rooms:,}", f"{figures['rate']:,.0f}", f"{figures['cpu']:.2f} µs", f"{figures['p99'] / 1e3:.2f} ms",
                     f"{memory:,.0f} B" if rooms >= 1_000 else "–"))
        rates.append((rooms, 1e6 / figures["cpu"]))
        latencies.append((rooms, figures["p99"] / 1e3))
    report("growth of rooms", ("rooms of each client", "deliveries a second", "server CPU each", "p99", "memory of a membership"), rows)
    plot("rooms", f"Broadcasts to a room of {clients} clients", "rooms of each client", "deliveries in a second of CPU", {"Gust": rates})


def measure_loops():
    """Echoes with one loop and with one for each core; the load generator runs on the same cores."""
    rows, costs = [], {}
    for loops in (1, os.cpu_count()):
        with gust(loops=loops, core=None) as server:
            figures = sioload(server, "-w", "echo", "-c", "64", "-k", "64", is_pinned=False)
        costs[loops] = figures["cpu"]
        rows.append((loops, f"{figures['rate']:,.0f}", f"{figures['server']:.2f}", f"{figures['load']:.2f}", f"{figures['cpu']:.2f} µs",
                     f"{loops * costs[1] / figures['cpu']:.2f}"))
    report("growth of loops", ("loops", "messages a second", "cores of the server", "cores of the generator", "server CPU each",
                               "speed-up on cores of its own"), rows)


def measure_routes():
    """Requests of a server with many routes that are regular expressions."""
    rows, last, first = [], [], []
    for routes in (1, 10, 100, 1_000, 10_000, 100_000):
        with gust("--routes", str(routes)) as server:
            found = wrk(server, f"/r{routes - 1}/users/4711")
            root = wrk(server, "/")
            memory = server.memory()
        rows.append((f"{routes:,}", f"{found['rate']:,.0f}", f"{found['cpu']:.1f} µs", f"{root['cpu']:.1f} µs", f"{found['p99'] / 1e3:.2f} ms",
                     f"{server.start_seconds:.1f} s", f"{memory / 1e6:,.0f} MB"))
        last.append((routes, found["cpu"]))
        first.append((routes, root["cpu"]))
    report("growth of routes", ("routes", "requests a second", "server CPU, the last route", "server CPU, hello", "p99", "start",
                                "memory of the server"), rows)
    plot("routes", "One request of a server with many routes", "routes with a regular expression", "µs of server CPU",
         {"/r…/users/4711, the last route": last, "hello": first})


def measure_bodies():
    """Downloads of static files and uploads to a handler that counts bytes."""
    names = {1_000: "1 kB", 10_000: "10 kB", 100_000: "100 kB", 1_000_000: "1 MB", 10_000_000: "10 MB", 100_000_000: "100 MB"}
    rows, downloads, uploads = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/public")
        for size, name in names.items():
            with open(f"{folder}/public/{size}", "wb") as file:
                file.write(os.urandom(size))
            with open(f"{folder}/post.lua", "w") as file:
                file.write(f'wrk.method = "POST"\nwrk.body = string.rep("x", {size})\n')
            with gust(folder=folder) as server:
                before = server.peak()
                down = wrk(server, f"/static/{size}", connections=4)
                up = wrk(server, "/upload", "-s", f"{folder}/post.lua", connections=4)
                peak = server.peak() - before
            cell = lambda figures: (f"{figures['rate'] * size / 1e6:,.0f} MB/s", f"{figures['cpu'] / size * 1e3:,.2f} ms")
            rows.append((name, *cell(down), *cell(up), f"{peak / 1e6:.1f} MB"))
            downloads.append((size, down["cpu"] / size * 1e3))
            uploads.append((size, up["cpu"] / size * 1e3))
    report("growth of bodies", ("body", "downloads", "server CPU a MB", "uploads", "server CPU a MB", "more memory at the peak"), rows)
    plot("bodies", "Bodies of HTTP, four connections", "bytes of a body", "ms of server CPU for a MB",
         {"downloads of a file": downloads, "uploads": uploads}, is_logarithmic=True)


AXES = {"clients": measure_clients, "rooms": measure_rooms, "loops": measure_loops, "routes": measure_routes, "bodies": measure_bodies}
for axis in wanted or AXES:
    AXES[axis]()
