"""Counts the instructions that a message or a request costs a server in user space: instructions.py TOOLS [WORD…].

Callgrind counts while a load generator sends a fixed number of messages: a few first, then several times as many. The difference is divided
by the difference of the numbers, so that connecting isn't counted. The counts repeat within 2 %, on every machine with the same
compiler, unlike times. Beside Gust are servers of SwiftNIO alone, and uWebSockets if TOOLS has its echo. A count of Gust above its limit
fails; if a change reduces a count, lower the limit here, and if a change needs a higher one, state the reason in the commit.

    WORD            counts only rows whose names have one of the words
    --write FILE    writes the table as Markdown between the marks of the file
    --functions     prints the ten dearest functions of each row
    --limits        counts only the rows that have a limit
    --check FILE    counts nothing: fails if the table in the file has other rows or limits (TOOLS isn't needed)
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

from document import table, write_between
from server import Server

arguments = sys.argv[1:]
functions = "--functions" in arguments and not arguments.remove("--functions")
only_limits = "--limits" in arguments and not arguments.remove("--limits")
is_check = "--check" in arguments
document = None
if "--write" in arguments or is_check:
    index = arguments.index("--check" if is_check else "--write")
    document = arguments[index + 1]
    del arguments[index : index + 2]
tools, *wanted = arguments or [""]

# The first run has this part of the messages of the second one.
SHORT = 5

SERVERS = {
    "uWebSockets": [f"{tools}/uws_echo"],
    "NIO TCP": [f"{tools}/BareServers", "tcp"],
    "NIO frames": [f"{tools}/BareServers", "frames"],
    "NIO hello": [f"{tools}/BareServers", "hello"],
    "Gust": [f"{tools}/EchoServer", "--no-auth", "--loops", "1"],
}
# Sixteen clients with 64 bytes each; several messages outstanding are sent together and answered together, so that each run has the same reads.
CLIENTS = ["-c", "16", "-b", "64", "--together"]
raw = lambda *options: ["--proto", "raw", "-P", "/ws", *options]
sio = lambda *options: ["--proto", "sio", *options]
http = lambda path: ["--proto", "http", "-P", path]

ROWS = [
    # unit, messages of each client, limit of Gust, the load for each server
    ("TCP echo, one outstanding", 400, None, {"NIO TCP": ["--proto", "tcp"]}),
    ("WebSocket echo, one outstanding", 400, 6_950, {"uWebSockets": raw(), "NIO frames": raw(), "Gust": raw()}),
    ("WebSocket echo, sixteen outstanding", 3_200, 1_220, {
        "uWebSockets": raw("-k", "16"), "NIO frames": raw("-k", "16"), "Gust": raw("-k", "16")}),
    ("Socket.IO echo, one outstanding", 400, 8_200, {"Gust": sio()}),
    ("Socket.IO echo, sixteen outstanding", 1_600, 2_580, {"Gust": sio("-k", "16")}),
    ("acknowledgement, one outstanding", 400, 8_950, {"Gust": sio("-w", "ack")}),
    ("a broadcast's delivery, 100 clients", 100, 1_300, {
        "uWebSockets": sio("-w", "bcast", "-c", "100"), "Gust": sio("-w", "bcast", "-c", "100")}),
    ("connect, upgrade, echo, close", 20, 256_000, {
        "uWebSockets": raw("-w", "churn"), "NIO frames": raw("-w", "churn"), "Gust": sio("-w", "churn")}),
    ("long-polling echo", 60, 50_000, {"Gust": sio("-w", "polling")}),
    ("hello over HTTP", 300, 13_400, {"uWebSockets": http("/"), "NIO hello": http("/"), "Gust": http("/")}),
    ("a route with a captured number", 300, 15_450, {"uWebSockets": http("/users/4711"), "Gust": http("/users/4711")}),
]


def run(load, messages, port):
    """Runs the load; returns the number of messages, deliveries or requests."""
    command = [f"{tools}/sioload", "--json", "--timeout", "300", "--messages", str(messages), "-p", str(port), *load]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(output.strip().splitlines()[-1])["count"]


def measure(server_command, load, messages, folder):
    """The instructions a unit, and the dearest functions."""
    out = f"{folder}/callgrind"
    callgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--log-file={folder}/log", "--instr-atstart=no"]
    with Server(callgrind + server_command) as server:
        control = lambda *options: subprocess.run(["callgrind_control", *options, str(server.pid)], capture_output=True, check=True)
        time.sleep(0.5)
        # What happens once isn't counted.
        run(load, messages // SHORT, server.port)
        control("-i", "on")
        units = []
        for count in (messages // SHORT, messages):
            units.append(run(load, count, server.port))
            # The closes of the clients are counted with the run.
            time.sleep(0.3)
            control("-d")
        control("-i", "off")
    short, long = total(f"{out}.1"), total(f"{out}.2")
    return (long - short) / (units[1] - units[0]), dearest(f"{out}.2", long) if functions else []


def total(dump):
    with open(dump) as file:
        return int(re.search(r"^(?:totals|summary): (\d+)", file.read(), re.M)[1])


def dearest(dump, total):
    """The ten functions with the most instructions of their own, with their share in percent."""
    lines = subprocess.run(["callgrind_annotate", dump], capture_output=True, text=True).stdout
    names = subprocess.run(["swift", "demangle", "--simplified"], input=lines, capture_output=True, text=True).stdout
    found = re.findall(r"^ *([\d,]+) \( *[\d.]+%\) +[^:\n]*:(.*?)(?: \[.*)?$", names, re.M)
    rows = [(int(count.replace(",", "")), name[:100]) for count, name in found if "PROGRAM TOTALS" not in name]
    return [f"{100 * count / total:5.1f} %  {name}" for count, name in rows[:10]]


if is_check:
    with open(document) as file:
        written = [(cells[0], cells[-1]) for cells in (line.strip("| \n").split(" | ") for line in file) if len(cells) == 5]
    sys.exit(any((unit, f"{limit:,}") not in written for unit, _, limit, _ in ROWS if limit))

COLUMNS = {"uWebSockets": ["uWebSockets"], "SwiftNIO alone": ["NIO TCP", "NIO frames", "NIO hello"], "Gust": ["Gust"]}
TITLES = ("instructions of", *COLUMNS, "limit of Gust")
rows, failures = [], []
print(f"{TITLES[0]:40}" + "".join(f"{title:>16}" for title in TITLES[1:]))
with tempfile.TemporaryDirectory() as folder:
    for unit, messages, limit, loads in ROWS:
        if (wanted and not any(word in unit for word in wanted)) or (only_limits and not limit):
            continue
        print(f"{unit:40}", end="", flush=True)
        cells, names = [], []
        for servers in COLUMNS.values():
            server = next((server for server in servers if server in loads), None)
            if server is None or not os.path.exists(SERVERS[server][0]) or (only_limits and server != "Gust"):
                cells.append("")
            else:
                count, names = measure(SERVERS[server], [*CLIENTS, *loads[server]], messages, folder)
                cells.append(f"{count:,.0f}")
                if server == "Gust" and count > limit:
                    failures.append(f"{unit}: {count:,.0f} instructions, of at most {limit:,}")
            print(f"{cells[-1]:>16}", end="", flush=True)
        cells.append(f"{limit:,}" if limit else "")
        print(f"{cells[-1]:>16}", *(f"      {line}" for line in names), sep="\n" if names else "")
        rows.append((unit, *cells))
if document:
    write_between(document, "instructions", table(TITLES, rows))
for failure in failures:
    print(failure, file=sys.stderr)
sys.exit(bool(failures))
