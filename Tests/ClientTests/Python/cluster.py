"""The chat room on three servers behind nginx without sticky sessions, by scripts/cluster: cluster.py CHATROOM.

Two pages in Chromium and scripts of python-socketio over polling, WebSocket and both share a room. A server is killed, another one is told
to stop: the clients go on, and everybody has every line.
"""
import os
import re
import signal
import subprocess
import sys
import threading
import time

import socketio

from chromium import Chromium
from server import root

executable = sys.argv[1]
# The runner of the tests may ignore or block these signals, and so would the shell.
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
WORDS = "[...document.querySelectorAll('.line:not(.pending):not(.failed) .words')].map(words => words.textContent)"
AGAIN = "document.querySelectorAll('.again').forEach(button => button.click())"
PEOPLE = "[...document.querySelectorAll('#people bdi')].map(name => name.textContent).sort().join()"


class Cluster:
    """The script, the address of its proxy, and the processes of its servers."""

    def __init__(self):
        environment = {**os.environ, "CHATROOM": executable, "PORT": "0", "DISPLAY": ""}
        self.process = subprocess.Popen(["scripts/cluster"], cwd=root, env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.servers, lines = [], []
        for line in self.process.stdout:
            lines.append(line)
            if match := re.match(r"Server \d is process (\d+)", line):
                self.servers.append(int(match[1]))
            if match := re.search(r"on three servers: (\S+)/", line):
                self.address = match[1]
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return
        raise AssertionError("".join(lines))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self):
        """Ends the script as Ctrl-C does; it must leave no process behind."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0, self.process.returncode
        for process in self.servers:
            assert not os.path.exists(f"/proc/{process}"), f"server {process} goes on"


class Visitor:
    """A script in the room that keeps all lines it hears, those of a welcome too."""

    def __init__(self, address, name, transports):
        self.name, self.heard, self.people = name, [], []
        self.lock = threading.Lock()
        # With the default factor, the delay may be negative; then a polling client ends its new connection together with the old one.
        self.client = socketio.Client(reconnection_delay=0.3, reconnection_delay_max=1, randomization_factor=0.2)
        # Servers that let clients recover add the offset of an event to its arguments.
        self.client.on("line", lambda line, *offset: self.hear([line]))
        self.client.on("people", lambda people, *offset: self.see(people))
        self.client.on("connect", self.join)
        self.joined = threading.Event()
        self.client.connect(address, socketio_path="live/hall", transports=transports, wait_timeout=20)
        assert self.joined.wait(20), name

    def join(self):
        self.client.emit("join", (self.name, f"key of {self.name}"), callback=self.welcome)

    def welcome(self, welcome):
        assert welcome["name"] == self.name, welcome
        self.see(welcome["people"])
        self.hear(welcome["lines"])
        self.joined.set()

    def see(self, people):
        self.people = people["names"]

    def hear(self, lines):
        with self.lock:
            for line in lines:
                if line not in self.heard:
                    self.heard.append(line)

    def say(self, text):
        """Says a line until it is acknowledged, as the page does."""
        for _ in range(40):
            try:
                line = self.client.call("say", text, timeout=2)
                if "error" not in line:
                    self.hear([line])
                    return
                # The event by which it joined was on its way when the connection was lost.
                self.join()
            except (socketio.exceptions.SocketIOError, ValueError):
                pass
            time.sleep(0.25)
        raise AssertionError(f"{self.name} can't say {text}")

    def texts(self):
        with self.lock:
            return sorted({line["text"] for line in self.heard})


def until(true, text, seconds=90):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, text()
        time.sleep(0.1)


with Cluster() as cluster, Chromium() as browser:
    room = f"{cluster.address}/chat/hall"
    ada = browser.page(f"{room}?name=Ada&transport=upgrade")
    bob = browser.page(f"{room}?name=Bob&transport=polling")
    for page, carrier in ((ada, "WebSocket"), (bob, "polling")):
        page.wait(f"document.querySelector('#state-text').textContent === 'Connected over {carrier}'", 30)
    visitors = [Visitor(cluster.address, name, transports) for name, transports in
                [("Cay", ["polling"]), ("Dan", ["websocket"]), ("Eve", None), ("Fay", None), ("Gil", ["polling"]), ("Hal", ["websocket"])]]
    everybody = ["Ada", "Bob"] + [visitor.name for visitor in visitors]
    said = []

    def say(page, text):
        page.type("#text", text)
        page.press("Enter")
        said.append(text)

    def describe(page):
        """What a page shows of its connection, and the lines that it lacks or hasn't sent."""
        shown = set(page.run(WORDS))
        waiting = page.run("[...document.querySelectorAll('.pending, .failed')].map(line => line.innerText)")
        state = page.run("document.querySelector('#state-text').textContent")
        return f"{state}: lacks {set(said) - shown}, waiting {waiting}"

    def all_have_all(names):
        """Everybody has every line, and sees everybody."""
        def pages_have_all():
            # A line that was on its way to the killed server isn't sent again by itself: a person is asked.
            return all([page.run(f"{AGAIN}, new Set({WORDS}).size === {len(said)}") for page in (ada, bob)])

        until(pages_have_all, lambda: f"Ada: {describe(ada)}; Bob: {describe(bob)}")
        for page in (ada, bob):
            page.wait(f"{PEOPLE} === {','.join(sorted(names))!r}", 90)
        for visitor in visitors:
            until(lambda: visitor.texts() == sorted(said), lambda: f"{visitor.name}: {set(said) ^ set(visitor.texts())}")
            until(lambda: sorted(visitor.people) == sorted(names), lambda: f"{visitor.name} sees {visitor.people}")

    def round_of_lines(name):
        for number in range(4):
            for visitor in visitors:
                text = f"{visitor.name} {name} {number}"
                said.append(text)
                visitor.say(text)
            say(ada, f"Ada {name} {number}")
            say(bob, f"Bob {name} {number}")

    all_have_all(everybody)
    round_of_lines("first")
    all_have_all(everybody)

    # A server is killed, and says nothing to anybody.
    os.kill(cluster.servers[0], signal.SIGKILL)
    round_of_lines("killed")
    all_have_all(everybody)

    # Another one is told to stop, as for an upgrade.
    os.kill(cluster.servers[1], signal.SIGTERM)
    round_of_lines("stopped")
    all_have_all(everybody)

    for visitor in visitors:
        visitor.client.disconnect()
    visitors = []
    all_have_all(["Ada", "Bob"])
    cluster.end()
print(f"chat on three servers, {len(said)} lines: passed")
