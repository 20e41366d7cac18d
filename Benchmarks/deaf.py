#!/usr/bin/env python3
"""Measures what clients that never read cost: the memory of the server, and the latency of a client that does read.

    python3 Benchmarks/deaf.py .build/release/EchoServer [--clients 1000] [--payload 10000] [--rate 10] [--seconds 20]

One client of Socket.IO 5 over WebSocket sends an echo event every few milliseconds and measures the round trips: alone, beside clients that
have connected and never read again, and while another client broadcasts to all of them until their outboxes are full. A table goes to standard
output: round trips in µs, and the server's resident memory. Only the standard library is used.
"""
import argparse, base64, json, os, resource, select, signal, socket, statistics, struct, subprocess, sys, time


def connect(port, receive_buffer=None):
    link = socket.socket()
    if receive_buffer: link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: deaf\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    client = Client(link)
    client.head()
    assert client.message().startswith(b"0")
    client.send(b"40")
    assert client.message().startswith(b"40")
    return client


class Client:
    def __init__(self, link):
        self.link, self.input = link, b""

    def head(self):
        while b"\r\n\r\n" not in self.input: self.fill()
        head, self.input = self.input.split(b"\r\n\r\n", 1)
        assert b" 101 " in head, head

    def fill(self):
        data = self.link.recv(1 << 16)
        if not data: raise EOFError
        self.input += data

    def message(self):
        """The next message; answers heartbeats."""
        while True:
            while len(self.input) < 2: self.fill()
            length, start = self.input[1] & 127, 2
            if length == 126:
                while len(self.input) < 4: self.fill()
                length, start = struct.unpack(">H", self.input[2:4])[0], 4
            elif length == 127:
                while len(self.input) < 10: self.fill()
                length, start = struct.unpack(">Q", self.input[2:10])[0], 10
            while len(self.input) < start + length: self.fill()
            message, self.input = self.input[start : start + length], self.input[start + length :]
            if message == b"2": self.send(b"3")
            else: return message

    def send(self, message):
        length = len(message)
        head = bytes([0x81, 0x80 | length]) if length < 126 else bytes([0x81, 0xFE]) + struct.pack(">H", length)
        self.link.sendall(head + b"\0\0\0\0" + message)


def resident(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def round_trips(client, seconds, pid, between=lambda: None):
    """The sorted times of echo events, one every 4 ms, and the highest resident memory."""
    times, peak, end, number = [], 0, time.monotonic() + seconds, 0
    while (now := time.monotonic()) < end:
        number += 1
        event = b'42["message",%d]' % number
        client.send(event)
        while client.message() != event: pass
        times.append((time.monotonic() - now) * 1e6)
        if number % 16 == 0: peak = max(peak, resident(pid))
        time.sleep(0.004)
    return sorted(times), peak


def row(name, times, memory):
    p = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    print(f"{name:42} {p(.5):8.0f} {p(.9):8.0f} {p(.99):8.0f} {times[-1]:8.0f} {memory / 1e6:10.1f}", flush=True)
    return p(0.99)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("server")
    options.add_argument("--clients", type=int, default=1_000)
    options.add_argument("--payload", type=int, default=10_000)
    options.add_argument("--rate", type=float, default=10)
    options.add_argument("--seconds", type=float, default=20)
    options = options.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    server = subprocess.Popen(
        [options.server, "--port", "0", "--no-auth", "--loops", "1", "--ping-interval", "300000"], stdout=subprocess.PIPE, text=True
    )
    try:
        port = int(server.stdout.readline().split()[1])
        fast = connect(port)
        print(f"{'round trips in µs; memory in MB':42} {'p50':>8} {'p90':>8} {'p99':>8} {'max':>8} {'memory':>10}")
        round_trips(fast, 1, server.pid)
        alone = row("alone", *round_trips(fast, 5, server.pid))
        deaf = [connect(port, 4_096) for _ in range(options.clients)]
        time.sleep(1)
        idle = resident(server.pid)
        row(f"beside {options.clients} clients that never read", *round_trips(fast, 5, server.pid))
        for client in deaf: client.send(b'42["join","deaf"]')
        # The sender is a process of its own, so that it doesn't delay the client that measures.
        sender = os.fork()
        if sender == 0:
            client, event = connect(port), b'42["room","deaf","%s"]' % (b"x" * options.payload)
            while True:
                client.send(event)
                time.sleep(1 / options.rate)
        times, peak = round_trips(fast, options.seconds, server.pid)
        os.kill(sender, signal.SIGKILL)
        os.waitpid(sender, 0)
        busy = row(f"and {options.rate:g} broadcasts of {options.payload} bytes a second", times, peak)
        gone = sum(bool(select.select([client.link], [], [], 0)[0]) for client in deaf)
        print(f"p99 {busy / alone:.2f} x its value alone; memory {peak / 1e6:.1f} MB at the peak, {idle / 1e6:.1f} MB before the broadcasts")
        round_trips(fast, 2, server.pid)
        print(f"memory {resident(server.pid) / 1e6:.1f} MB two seconds after the last broadcast")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


main()
