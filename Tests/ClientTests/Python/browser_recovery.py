"""The browser client of Gust recovers from cut connections: browser_recovery.py EXECUTABLE BROWSER MODE.

A proxy between the browser and the server resets all its connections again and again while another client, which isn't behind the
proxy, sends numbered events. Each client in the browser must receive each number once, in order.
"""
import random
import socket
import struct
import sys
import threading

from browsers import browser as start
from server import Server

executable, name, mode = sys.argv[1:4]
CUTS, MESSAGES = 25, 1500
TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}[mode]


class Proxy:
    """Passes bytes on, and resets all connections when it is told to."""

    def __init__(self, port):
        self.port = port
        self.open = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.port))
            with self.lock:
                self.open |= {client, server}
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self.copy, args=(source, target), daemon=True).start()

    def copy(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            self.end(end)

    def end(self, end):
        with self.lock:
            self.open.discard(end)
        try:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()

    def cut(self):
        with self.lock:
            ends = list(self.open)
        for end in ends:
            self.end(end)


random.seed(2010)
with Server(executable, "--recovery", "--no-auth", "--loops", "2") as server, start(name) as browser:
    proxy = Proxy(server.port)
    page = browser.page(proxy.address)
    page.run("(async () => { globalThis.io = (await import('/socket.io/socket.io.esm.js')).default; })()")
    page.run("""
        globalThis.clients = [0, 1, 2].map(() => {
            const socket = io("/", { transports: %s, forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 60 });
            const client = { socket, heard: [], recovered: 0, fresh: -1 };
            socket.on("connect", () => socket.recovered ? client.recovered += 1 : client.fresh += 1);
            socket.on("bcast", (number) => client.heard.push(number));
            return client;
        });
        0
    """ % TRANSPORTS)
    page.wait("clients.every((client) => client.socket.connected)")
    # The sender has its own way to the server.
    page.run("""
        globalThis.sent = 0;
        globalThis.sender = io("%s", { transports: ["websocket"], forceNew: true });
        sender.on("connect", () => {
            const timer = setInterval(() => {
                for (let number = 0; number < 5 && sent < %d; number += 1) { sender.emit("bcast-others", sent); sent += 1; }
                if (sent >= %d) clearInterval(timer);
            }, 30);
        });
        0
    """ % (server.address, MESSAGES, MESSAGES))
    cuts = 0

    def cut():
        global cuts
        if cuts < CUTS and random.random() < 0.25:
            proxy.cut()
            cuts += 1

    page.wait(f"sent === {MESSAGES}", 90, cut)
    REPORT = """clients.map(({ socket, heard, recovered, fresh }) => {
        const gap = heard.findIndex((number, index) => number !== index);
        const around = gap < 0 ? "no gap" : `${heard.slice(Math.max(0, gap - 2), gap + 3)} at ${gap}`;
        return `${socket.connected} ${heard.length} events, ${around}, ${recovered} recovered, ${fresh} fresh`;
    }).join("; ")"""
    try:
        page.wait("clients.every((client) => client.heard.length >= sent)", 30)
    except AssertionError:
        raise AssertionError(page.run(REPORT)) from None
    logs = page.run("clients.map((client) => client.heard.every((number, index) => number === index) && client.heard.length === sent)")
    report = page.run(REPORT)
    counts = page.run("clients.map((client) => `${client.recovered} recovered, ${client.fresh} fresh`)")
    page.run("[sender, ...clients.map((client) => client.socket)].forEach((socket) => socket.disconnect()); 0")
    assert logs == [True] * 3, report
    assert all(count.endswith(" 0 fresh") and not count.startswith("0 ") for count in counts), counts
print(f"recovery over {mode} in {browser.name}: {cuts} cuts, {counts}: passed")
