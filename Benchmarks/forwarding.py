"""The cost of a forwarded request beside a direct one: forwarding.py EXECUTABLE [SECONDS] [CLIENTS].

Two EchoServers forward requests to each other by Unix sockets. Each client sends POSTs with a pong on a connection of its own, one after the other:
first to the node that has its session, then to the other one. The CPU time is that of both servers, from /proc.
"""
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time

executable = sys.argv[1]
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
clients = int(sys.argv[3]) if len(sys.argv) > 3 else 16
folder = tempfile.mkdtemp(prefix="gust-forwarding-")
ticks = os.sysconf("SC_CLK_TCK")


class Node:
    def __init__(self):
        self.process = subprocess.Popen([executable, "--forwarding", folder, "--port", "0", "--ping-interval", "600000"],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        while "listening " not in line or "http" in line:
            line = self.process.stdout.readline()
        self.port = int(line.split()[-1])

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / ticks


async def read_response(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    return head.split(b" ", 2)[1], await reader.readexactly(length)


async def open_session(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n")
    _, body = await read_response(reader)
    writer.close()
    return body.split(b'"')[3].decode()


async def post(sid, port, end, times):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n3".encode()
    while time.monotonic() < end:
        start = time.perf_counter()
        writer.write(request)
        status, body = await read_response(reader)
        assert (status, body) == (b"200", b"ok"), (status, body)
        times.append(time.perf_counter() - start)
    writer.close()


async def measure(name, nodes, sids, port):
    times = []
    cpu = sum(node.cpu() for node in nodes)
    end = time.monotonic() + seconds
    await asyncio.gather(*(post(sid, port, end, times) for sid in sids))
    cpu = sum(node.cpu() for node in nodes) - cpu
    times.sort()
    print(f"{name:10} {len(times):7} requests  {cpu / len(times) * 1e6:6.1f} µs of CPU each  "
          f"p50 {times[len(times) // 2] * 1e6:6.0f} µs  p99 {times[len(times) * 99 // 100] * 1e6:6.0f} µs")


async def main():
    nodes = [Node(), Node()]
    try:
        sids = [await open_session(nodes[0].port) for _ in range(clients)]
        for _ in range(3):
            await measure("direct", nodes, sids, nodes[0].port)
            await measure("forwarded", nodes, sids, nodes[1].port)
        single = sids[:1]
        await measure("direct, 1", nodes, single, nodes[0].port)
        await measure("forwarded,1", nodes, single, nodes[1].port)
    finally:
        for node in nodes:
            node.process.kill()
        shutil.rmtree(folder, ignore_errors=True)


asyncio.run(main())
