"""Presence on two nodes over Redis while members come and go: presence.py PRESENCE-SERVER [CHANGES-PER-SECOND [SECONDS]].

Every observer's list must be right at the end, also after a node was killed and another one has started.
"""
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import websocket

executable = sys.argv[1]
rate, seconds = int((sys.argv[2:] + ["400"])[0]), float((sys.argv[3:] + ["4"])[0])
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


class Node:
    def __init__(self, redis):
        self.process = subprocess.Popen([executable, str(redis)], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("listening"):
                self.port = int(line.split()[1])
                return
        raise AssertionError(f"the node ended with {self.process.wait()}")

    def list(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/list", timeout=10) as response:
            return set(json.load(response))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def processor_time(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100


class Client:
    """A client of Socket.IO 5 over a WebSocket."""

    def __init__(self, node):
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{node.port}/socket.io/?EIO=4&transport=websocket", timeout=60)
        self.lock = threading.Lock()
        self.socket.recv()
        self.send("40")
        self.socket.recv()
        threading.Thread(target=self.read, daemon=True).start()

    def send(self, text):
        with self.lock:
            self.socket.send(text)

    def emit(self, name, *values):
        self.send("42" + json.dumps([name, *values]))

    def read(self):
        try:
            while text := self.socket.recv():
                if text == "2":
                    self.send("3")
                else:
                    self.received(text)
        except (OSError, websocket.WebSocketException):
            pass

    def received(self, text):
        pass


class Observer(Client):
    def __init__(self, node):
        self.members, self.changes, self.known = set(), 0, threading.Event()
        super().__init__(node)
        self.send('420["observe"]')
        assert self.known.wait(20)

    def received(self, text):
        if text.startswith("430"):
            self.members |= set(json.loads(text[3:])[0])
            self.known.set()
        elif text.startswith("42"):
            _, came, gone = json.loads(text[2:])
            self.members = (self.members | set(came)) - set(gone)
            self.changes += 1


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Load:
    """The members that have entered through one node, in the order in which they come and go."""

    def __init__(self, node, name):
        self.client, self.name, self.members, self.count = Client(node), name, [], 0

    def step(self, changes):
        """As many joins as leaves, once there are members."""
        keys = [f"{self.name}-{self.count + number}" for number in range(changes)]
        self.count += changes
        self.client.emit("enter", keys)
        self.members += keys
        if len(self.members) > 500:
            leaving = random.sample(self.members, changes)
            self.members = [key for key in self.members if key not in set(leaving)]
            self.client.emit("leave", leaving)


def run(loads, seconds):
    """Joins, and as many leaves, at the rate of all nodes together."""
    start, steps = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        for load in loads:
            load.step(max(1, rate // 50 // len(loads)))
        steps += 1
        time.sleep(max(0, start + steps / 50 - time.monotonic()))


def all_have(expected, nodes, observers, seconds):
    deadline = time.monotonic() + seconds
    begin = time.monotonic()
    while True:
        lists = [node.list() for node in nodes] + [observer.members for observer in observers]
        if all(members == expected for members in lists):
            return time.monotonic() - begin
        assert time.monotonic() < deadline, [(len(expected), len(members - expected), len(expected - members)) for members in lists]
        time.sleep(0.05)


with tempfile.TemporaryDirectory() as folder:
    port = free_port()
    redis = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
                             stdout=subprocess.DEVNULL)
    nodes = []
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        nodes = [Node(port), Node(port)]
        loads = [Load(nodes[0], "a"), Load(nodes[1], "b")]
        observers = [Observer(node) for node in nodes for _ in range(2)]
        run(loads, 1)
        before = [node.processor_time() for node in nodes]
        run(loads, seconds)
        used = [node.processor_time() - time for node, time in zip(nodes, before)]
        took = all_have({key for load in loads for key in load.members}, nodes, observers, 10)
        print(f"{rate} joins and leaves a second on two nodes for {seconds:g} s: right after {took:.2f} s, "
              f"{'/'.join(f'{time / seconds:.0%}' for time in used)} of a core, {min(o.changes for o in observers)} messages or more to an observer")

        nodes[1].kill()
        run(loads[:1], seconds)
        took = all_have(set(loads[0].members), nodes[:1], observers[:2], 20)
        print(f"a node was killed: right {took:.2f} s after the last change, {seconds + took:.1f} s after the kill")
        nodes[1] = Node(port)
        loads[1] = Load(nodes[1], "c")
        observers = observers[:2] + [Observer(nodes[1])]
        run(loads, 1)
        took = all_have({key for load in loads for key in load.members}, nodes, observers, 10)
        print(f"another node has started: right after {took:.2f} s")
    finally:
        for node in nodes:
            node.process.kill()
        redis.kill()
print("presence: passed")
