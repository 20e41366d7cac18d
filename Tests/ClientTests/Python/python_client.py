"""python-socketio against EchoServer: python_client.py EXECUTABLE MODE [https] [msgpack] [nodes|redis|bus].

With one of the last three, three servers are behind a proxy that gives each request to another one of them. They reach each other by sockets in a folder, or,
in a build with the trait Redis, by TCP or over Redis.
"""
import os
import queue
import sys
import threading

import socketio

import tls_threads
from alternating import BusNodes, Nodes, RedisNodes
from server import SecureServer, Server

executable, mode, *options = sys.argv[1:]
scheme = "https" if "https" in options else "http"
SERIALIZER = "msgpack" if "msgpack" in options else "default"
# Requests prefers this variable to the option of its session.
os.environ["REQUESTS_CA_BUNDLE"] = SecureServer.authority
tls_threads.install()
TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": None}[mode]
CARRIER = {"polling": "polling", "websocket": "websocket", "upgrade": "websocket"}[mode]
TEXTS = ["", "hello", "grüße, 😀 👩‍👩‍👧", "\u2028\u2029\ufffd\0\n\"\\</script>", "x" * 100_000]
VALUES = [0, -1.5, 1e300, True, None, [], {}, [1, [2, {"three": [None]}]], {"": "", "ä": {"b": [1]}}, 2**53 - 1]
BYTES = [b"", b"\0", bytes(range(256)), b"\xff" * 100_000]


class Client:
    """A client that queues the events that it receives."""

    def __init__(self, address, namespace="/", auth=None):
        self.heard = queue.Queue()
        self.namespace = namespace
        self.sio = socketio.Client(reconnection=False, serializer=SERIALIZER, ssl_verify=scheme == "http")
        self.sio.on("*", lambda event, *args: self.heard.put((event, *args)), namespace=namespace)
        self.sio.on("callback", lambda value: (value, "answer"), namespace=namespace)
        self.ended = threading.Event()
        self.reason = None
        self.sio.on("disconnect", self.disconnected, namespace=namespace)
        self.sio.connect(address, transports=TRANSPORTS, namespaces=[namespace], auth=auth, wait_timeout=10)

    def disconnected(self, reason):
        self.reason = reason
        self.ended.set()

    def emit(self, event, *args):
        self.sio.emit(event, args, namespace=self.namespace)

    def call(self, event, *args):
        return self.sio.call(event, args, namespace=self.namespace, timeout=10)

    def next(self):
        return self.heard.get(timeout=10)

    def expect(self, *event):
        heard = self.next()
        assert heard == event, f"expected {event!r:.200}, heard {heard!r:.200}"

    def silent(self):
        """Checks that no event was received: an acknowledgement is received after all earlier packets."""
        self.call("message-with-ack", "marker")
        assert self.heard.empty(), self.heard.queue

    def close(self):
        self.sio.disconnect()


def echoes(client):
    for value in TEXTS + VALUES + BYTES:
        client.emit("message", value)
        client.expect("message", value)
    client.emit("message", 1, "two", b"three", {"four": [b"4", b"5"]})
    client.expect("message", 1, "two", b"three", {"four": [b"4", b"5"]})


def takes_bursts(client):
    for number in range(500):
        client.emit("message", number)
    # The client handles each message in a thread of its own, so their order isn't checked.
    assert sorted(client.next() for _ in range(500)) == [("message", number) for number in range(500)]


def acknowledges(client):
    for value in TEXTS + VALUES + BYTES:
        answer = client.call("message-with-ack", value)
        assert answer == value, f"{answer!r:.100}"
    assert tuple(client.call("message-with-ack", 1, b"2", {"b": b"3"})) == (1, b"2", {"b": b"3"})
    for value in ("question", b"question", {"of": [b"bytes", b"more"]}):
        assert tuple(client.call("call-me", value, 5000)) == ("ok", value, "answer"), value


def knows_transport(client):
    info = client.call("info")
    assert info["transport"] == CARRIER and info["protocol"] == 4, info
    assert info["id"] == client.sio.get_sid(client.namespace), info


def rooms(address):
    # A namespace of its own, because a client that disconnects over polling may stay in its rooms until the heartbeat timeout.
    a, b, c = clients = [Client(address, "/dyn-7") for _ in range(3)]
    for client in clients:
        client.expect("auth", {})
    a.call("join", "red")
    b.call("join", "red")
    c.emit("room", "red", "to red", b"bytes")
    a.expect("room", "to red", b"bytes")
    b.expect("room", "to red", b"bytes")
    b.call("leave", "red")
    c.emit("room", "red", "again")
    a.expect("room", "again")
    for client in (b, c):
        client.silent()
    a.emit("bcast", "everybody")
    for client in clients:
        client.expect("bcast", "everybody")
    a.emit("bcast-others", "others")
    for client in (b, c):
        client.expect("bcast", "others")
    a.silent()
    assert a.call("count") == 3
    for client in clients:
        client.close()


def namespaces(address):
    custom = Client(address, "/custom", auth={"token": "x"})
    custom.expect("auth", {"token": "x"})
    assert custom.call("get-auth") == {"token": "x"}
    other = Client(address)
    other.expect("auth", {})
    other.emit("bcast", "not for custom")
    other.expect("bcast", "not for custom")
    custom.silent()
    for client in (custom, other):
        client.close()
    guarded = Client(address, "/guarded", auth={"token": "secret"})
    guarded.expect("auth", {"token": "secret"})
    guarded.close()
    for namespace, auth, error in [("/guarded", {"token": "wrong"}, {"message": "not authorized", "data": {"code": 1}}),
                                   ("/nowhere", None, {"message": "Invalid namespace"})]:
        told = queue.Queue()
        sio = socketio.Client(reconnection=False, serializer=SERIALIZER, ssl_verify=scheme == "http")
        sio.on("connect_error", told.put, namespace=namespace)
        try:
            sio.connect(address, transports=TRANSPORTS, namespaces=[namespace], auth=auth, wait_timeout=10)
            raise AssertionError(f"{namespace} let us in")
        except socketio.exceptions.ConnectionError:
            pass
        assert told.get(timeout=10) == error
        sio.disconnect()


def ends(address):
    for event in ("kick", "kick-all"):
        client = Client(address)
        client.emit(event)
        assert client.ended.wait(10), f"{event} did not end it"
        assert client.reason == "server disconnect", client.reason
        client.close()


def moves(nodes):
    """A client whose node is killed opens a connection on another node."""
    sio = socketio.Client(reconnection_delay=0.1, serializer=SERIALIZER)
    connects = queue.Queue()
    sio.on("connect", lambda: connects.put(1))
    before = nodes.totals()
    sio.connect(nodes.address, transports=TRANSPORTS, wait_timeout=10)
    connects.get(timeout=10)
    for _ in range(2):
        index = nodes.with_new_connection(before)
        nodes.kill(index)
        connects.get(timeout=20)
        assert sio.call("message-with-ack", "still there", timeout=10) == "still there"
        nodes.restart(index)
        totals = nodes.totals()
        # The new connection is on one of the other nodes, which are as they were before.
        before = [total if number == index else before[number] for number, total in enumerate(totals)]
    sio.disconnect()
    # Each node has forwarded something, except where each client has one request only.
    assert mode == "websocket" or all(count > 0 for count in nodes.requests), nodes.requests


kinds = {"nodes": Nodes, "redis": RedisNodes, "bus": BusNodes}
kind = next((kinds[option] for option in options if option in kinds), Server.over(scheme))
with kind(executable, *["--message-pack"] * (SERIALIZER == "msgpack")) as server:
    client = Client(server.address, auth={"name": "Ünïcödé"})
    client.expect("auth", {"name": "Ünïcödé"})
    echoes(client)
    takes_bursts(client)
    acknowledges(client)
    knows_transport(client)
    client.close()
    assert client.ended.wait(10) and client.reason == "client disconnect", client.reason
    # Without an adapter, only the clients of one node are in a room.
    if kind is not Nodes:
        rooms(server.address)
    namespaces(server.address)
    ends(server.address)
    if issubclass(kind, Nodes):
        moves(server)
print(f"python-socketio over {mode} and {scheme}, {SERIALIZER}: passed")
