"""Measures what idle clients cost: clients.py TOOLS [--write FILE] [COUNT…].

Opens Socket.IO clients from several loopback addresses, holds them through HEARTBEATS (10) heartbeats of 25 s, has each send a hundred
messages at once, and lets them rest. All heartbeats and messages must come; a lost client fails. The same number of WebSockets to one
handler on SwiftNIO alone is the reference, without heartbeats, which that server doesn't send.

Memory of the server is what it has more than before the clients, divided by their number. Memory of the kernel is counted in the
caches of sockets, of which the server has half and the clients the other half; it needs root to read them.
"""
import json
import os
import subprocess
import sys

from document import table, take_document, write_between
from server import Server

arguments = sys.argv[1:]
document = take_document(arguments)
tools = arguments[0]
# Each process may have 20,000 descriptors on many machines, and a server needs about a dozen for itself.
COUNTS = [int(count) for count in arguments[1:]] or [5_000, 10_000, 19_900]
HEARTBEATS, INTERVAL, BURST, REST = int(os.environ.get("HEARTBEATS", "10")), 25, 100, 3
# What the kernel has for each socket that an epoll instance watches.
SOCKET_CACHES = ["TCP", "sock_inode_cache", "filp", "eventpoll_epi", "ep_head", "lsm_file_cache", "skbuff_head_cache"]

GUST = ([f"{tools}/EchoServer", "--no-auth", "--loops", "1", "--ping-interval", str(INTERVAL * 1000)], [])
BARE = ([f"{tools}/BareServers", "frames"], ["--proto", "raw"])


def kernel_memory():
    """The bytes of the caches of sockets; nil if this user may not read them."""
    try:
        with open("/proc/slabinfo") as file:
            fields = [line.split() for line in file.readlines()[2:]]
    except PermissionError:
        return None
    sizes = {name: (int(active), int(size)) for name, active, _, size, *_ in fields}
    # Each socket has an entry of a directory too, in a cache that all files use.
    sockets = sizes["sock_inode_cache"][0]
    return sum(active * size for active, size in map(sizes.get, filter(sizes.get, SOCKET_CACHES))) + sockets * sizes["dentry"][1]


def run(server, count, protocol, hold):
    """Runs the clients; gives the samples of the server by phase."""
    command = [f"{tools}/sioload", "--json", "--phases", "-p", str(server.port), "-w", "idle", "-c", str(count), "-d", str(hold),
               "--burst", str(BURST), "--warmup", str(REST), "--timeout", "120", *protocol]
    clients = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    samples = {}
    for line in clients.stdout:
        report = json.loads(line)
        if phase := report.get("phase"):
            samples[phase] = {**report, "memory": server.memory(), "cpu": server.cpu(), "kernel": kernel_memory(),
                              "descriptors": server.descriptors()}
    assert clients.wait() == 0, f"clients were lost: {report}"
    return samples


def open_quickly(server, count, protocol):
    """How many clients connect in a second, and the CPU time of the server for each, in microseconds: the best of three runs."""
    rates, costs = [], []
    for _ in range(3):
        server.wait_for_closes()
        command = [f"{tools}/sioload", "--json", "-p", str(server.port), "-w", "idle", "-c", str(count), "-d", "0", "--warmup", "0",
                   "--server-pid", str(server.pid), *protocol]
        report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        rates.append(report["connects_per_s"])
        costs.append(report["server_us_per_connect"])
    server.wait_for_closes()
    return max(rates), min(costs)


def measure(server_command, protocol, count, hold):
    with Server(server_command) as server:
        # A few clients first, so that what is allocated once isn't counted.
        subprocess.run([f"{tools}/sioload", "-p", str(server.port), "-w", "echo", "-c", "50", "-d", "0.2", *protocol],
                       check=True, capture_output=True)
        memory, kernel = server.memory(), kernel_memory()
        samples = run(server, count, protocol, hold)
        rate, cost = open_quickly(server, count, protocol)
    settled, held = samples["settled"], samples["held"]
    each = lambda phase: (samples[phase]["memory"] - memory) / count
    assert settled["ready"] == held["ready"] == count and not held["failed"], held
    return {
        "count": count,
        "rate": rate,
        "cost": cost,
        "memory": each("settled"),
        "held": each("held"),
        "rested": each("rested"),
        "kernel": None if kernel is None else (settled["kernel"] - kernel) / 2 / count,
        "cpu": (held["cpu"] - settled["cpu"]) / held["seconds"],
        "pings": held["pings"],
        "descriptors": settled["descriptors"] - count,
    }


TITLES = ("idle clients", "new ones a second", "CPU of a new one", "user space, each", "the same of bare NIO", "after a burst of 100", "kernel, each",
          "heartbeats", "CPU, of a core")
rows, figures = [], []
for count in COUNTS:
    bare = measure(*BARE, count, 2)
    gust = measure(*GUST, count, HEARTBEATS * INTERVAL + 1)
    assert gust["pings"] >= HEARTBEATS * count, f"{gust['pings']} heartbeats for {count} clients"
    figures.append(gust)
    rows.append((f"{count:,}", f"{gust['rate']:,.0f}", f"{gust['cost']:.0f} µs", f"{gust['held']:,.0f} B", f"{bare['memory']:,.0f} B", f"{gust['rested']:,.0f} B",
                 "–" if gust["kernel"] is None else f"{gust['kernel']:,.0f} B", f"{gust['pings']:,}", f"{100 * gust['cpu']:.2f} %"))
    for title, cell in zip(TITLES, rows[-1]):
        print(f"{title:24}{cell:>12}")
    print(f"{'descriptors besides':24}{gust['descriptors']:12}\n", flush=True)
if document:
    write_between(document, "clients", table(TITLES, rows))
if len(figures) > 1:
    # From the difference of the two largest runs, so that what the server needs for itself isn't counted.
    small, large = figures[-2:]
    slope = lambda total: (total(large) - total(small)) / (large["count"] - small["count"]) * 1e6
    million = [
        ("memory of the server, user space", f"{slope(lambda run: run['held'] * run['count']) / 1e9:.1f} GB"),
        ("the same after a burst of 100 messages each", f"{slope(lambda run: run['rested'] * run['count']) / 1e9:.1f} GB"),
        ("memory of the kernel", f"{slope(lambda run: run['kernel'] * run['count']) / 1e9:.1f} GB" if large["kernel"] else "–"),
        (f"heartbeats every {INTERVAL} s", f"{1e6 / INTERVAL:,.0f} a second, {slope(lambda run: run['cpu']):.2f} cores"),
        ("descriptors", f"1,000,000 and {large['descriptors']}"),
        ("CPU time until all are connected", f"{large['cost'] / 60:.1f} minutes of a core"),
    ]
    for row in million:
        print("{:48}{:>24}".format(*row))
    if document:
        write_between(document, "million", table(("a million idle clients", "by these figures"), million))
