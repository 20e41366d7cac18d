"""Runs a load generator on a core of its own; gives what a request cost. The other programs in this folder import it.

SECONDS_EACH (2) in the environment is how long each run takes.
"""
import os
import re
import subprocess

SECONDS = os.environ.get("SECONDS_EACH", "2")
SERVER_CORE, LOAD_CORE = 0, 1


def on_load_core(command):
    return ["taskset", "-c", str(LOAD_CORE), *command]


def wrk(server, path, *options, connections=16):
    """Requests a path as often as possible, with wrk; gives requests a second, and the CPU time of a request and the 99th percentile in µs."""
    command = ["wrk", f"-c{connections}", "-t1", f"-d{SECONDS}s", "--timeout", "60s", "--latency", *options, f"http://127.0.0.1:{server.port}{path}"]
    before = server.cpu()
    output = subprocess.run(on_load_core(command), capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output and "Socket errors" not in output, output
    count, seconds = re.search(r"(\d+) requests in ([\d.]+)s", output).groups()
    p99, unit = re.search(r"99% +([\d.]+)(us|ms|s|m)", output).groups()
    return {"rate": int(count) / float(seconds), "cpu": (server.cpu() - before) / int(count) * 1e6,
            "p99": float(p99) * {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}[unit]}
