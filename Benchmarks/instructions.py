"""Counts the instructions that a message or a request costs a server in user space: instructions.py TOOLS [ROW…].

Callgrind counts while a load generator runs. The counts repeat within 2 %, on every machine with the same compiler, unlike times. The
bare servers beside Gust's show what SwiftNIO alone costs. A count above its limit fails; if a change reduces a count, lower the limit
here, and if a change needs a higher one, state the reason in the commit.

    --write FILE    writes the table as Markdown between the marks of the file
    --functions     prints the ten dearest functions of each row
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

arguments = sys.argv[1:]
functions = "--functions" in arguments and not arguments.remove("--functions")
document = None
if "--write" in arguments:
    index = arguments.index("--write")
    document = arguments[index + 1]
    del arguments[index : index + 2]
tools, wanted = arguments[0], arguments[1:]
SECONDS = os.environ.get("SECONDS_EACH", "4")

GUST = [f"{tools}/EchoServer", "--no-auth", "--loops", "1"]
bare = lambda kind: [f"{tools}/BareServers", kind]
sioload = lambda *rest: [f"{tools}/sioload", "--json", "-c", "16", "-b", "64", "-d", SECONDS, "--warmup", "0.01", *rest]
wrk = lambda path, *rest: ["wrk", "-c16", "-t1", f"-d{SECONDS}s", *rest, path]

ROWS = [
    # name, server, load, limit (None: a bare server, or a row whose counts vary)
    ("TCP echo, one outstanding (bare NIO)", bare("tcp"), sioload("--proto", "tcp", "-w", "echo", "-k", "1"), None),
    ("WebSocket echo, one outstanding (bare NIO)", bare("frames"), sioload("--proto", "raw", "-w", "echo", "-k", "1"), None),
    ("WebSocket echo, sixteen outstanding (bare NIO)", bare("frames"), sioload("--proto", "raw", "-w", "echo", "-k", "16"), None),
    ("hello over HTTP, not parsed (bare NIO)", bare("hello"), wrk("/"), None),
    ("WebSocket echo, one outstanding", GUST, sioload("--proto", "raw", "-P", "/ws", "-w", "echo", "-k", "1"), 15_500),
    ("WebSocket echo, sixteen outstanding", GUST, sioload("--proto", "raw", "-P", "/ws", "-w", "echo", "-k", "16"), 3_300),
    ("Socket.IO echo, one outstanding", GUST, sioload("-w", "echo", "-k", "1"), 17_300),
    ("Socket.IO echo, sixteen outstanding", GUST, sioload("-w", "echo", "-k", "16"), 7_100),
    ("acknowledgement, one outstanding", GUST, sioload("-w", "ack", "-k", "1"), 20_500),
    ("a broadcast's delivery, 100 clients", GUST, sioload("-w", "bcast", "-c", "100"), 7_500),
    ("long-polling echo", GUST, sioload("-w", "polling", "-k", "1"), 140_000),
    ("hello over HTTP", GUST, wrk("/"), 32_000),
    ("a route with a captured number", GUST, wrk("/users/4711"), 36_000),
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, server):
    for _ in range(600):
        assert server.poll() is None, "the server has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"no server listens on port {port}")


def count_units(command, port):
    """Runs the load; returns the number of messages or requests."""
    if command[0] == "wrk":
        command = command[:-1] + [f"http://127.0.0.1:{port}{command[-1]}"]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "Non-2xx" not in output, output
        return int(re.search(r"(\d+) requests in", output)[1])
    output = subprocess.run(command + ["-p", str(port)], capture_output=True, text=True, check=True).stdout
    return json.loads(output.strip().splitlines()[-1])["count"]


def measure(server_command, load, folder):
    """The instructions a unit, and the dearest functions."""
    port = free_port()
    out = f"{folder}/callgrind"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--instr-atstart=no", *server_command]
    with open(f"{folder}/valgrind", "w") as log:
        server = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=log)
    control = lambda state: subprocess.run(["callgrind_control", "-i", state, str(server.pid)], capture_output=True, check=True)
    try:
        wait_for(port, server)
        time.sleep(0.5)
        # The first run warms up: what happens once isn't counted.
        count_units(load, port)
        control("on")
        units = count_units(load, port)
        control("off")
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    collected = re.search(r"Collected : (\d+)", open(f"{folder}/valgrind").read())
    assert collected, open(f"{folder}/valgrind").read()[-2000:]
    return int(collected[1]) / units, dearest(out, int(collected[1])) if functions else []


def dearest(out, total):
    """The ten functions with the most instructions of their own, with their share in percent."""
    lines = subprocess.run(["callgrind_annotate", out], capture_output=True, text=True).stdout
    names = subprocess.run(["swift", "demangle", "--simplified"], input=lines, capture_output=True, text=True).stdout
    found = re.findall(r"^ *([\d,]+) \( *[\d.]+%\) +[^:\n]*:(.*?)(?: \[.*)?$", names, re.M)
    rows = [(int(count.replace(",", "")), name[:100]) for count, name in found if "PROGRAM TOTALS" not in name]
    return [f"{100 * count / total:5.1f} %  {name}" for count, name in rows[:10]]


table, failures = [], []
with tempfile.TemporaryDirectory() as folder:
    for name, server, load, limit in ROWS:
        if wanted and not any(word in name for word in wanted):
            continue
        count, names = measure(server, load, folder)
        print(f"{name:52}{count:10,.0f}{f'  (limit {limit:,})' if limit else ''}", flush=True)
        for line in names:
            print(f"      {line}")
        table.append((name, count, limit))
        if limit and count > limit:
            failures.append(f"{name}: {count:,.0f} instructions, of at most {limit:,}")
if document:
    rows = [f"| {name} | {count:,.0f} | {f'{limit:,}' if limit else ''} |" for name, count, limit in table]
    text = "\n".join(["| a unit of | instructions | limit |", "| --- | ---: | ---: |", *rows])
    old = open(document).read()
    begin, end = "<!-- instructions -->", "<!-- end of instructions -->"
    head, _, rest = old.partition(begin)
    with open(document, "w") as file:
        file.write(f"{head}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}")
for failure in failures:
    print(failure, file=sys.stderr)
sys.exit(bool(failures))
