"""Sends raw bytes to a server and reads its responses, without the rules of a client."""
import base64
import os
import re
import socket
import struct
import time


def reset(connection):
    """Closes a connection with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Raw:
    """One TCP connection to the server under test."""

    def __init__(self, server, timeout=5, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", server.port))
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends data; ignores an error if the server has closed the connection."""
        try:
            self.socket.sendall(data.encode() if isinstance(data, str) else data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def get(self, target, *fields, method="GET", body=""):
        length = [f"Content-Length: {len(body)}"] if body else []
        self.send("\r\n".join([f"{method} {target} HTTP/1.1", "Host: x", *length, *fields, "", body]))
        return self

    def read(self, count):
        while len(self.rest) < count:
            part = self.socket.recv(65536)
            if not part:
                raise EOFError(self.rest)
            self.rest += part
        data, self.rest = self.rest[:count], self.rest[count:]
        return data

    def head(self):
        while b"\r\n\r\n" not in self.rest:
            part = self.socket.recv(65536)
            if not part:
                raise EOFError(self.rest)
            self.rest += part
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")

    def answer(self):
        """Reads the next response; returns its status and its body."""
        head = self.head()
        length = re.search(r"(?i)content-length: (\d+)", head)
        return int(head.split()[1]), self.read(int(length[1]) if length else 0)

    def all(self):
        """Reads all bytes until the server closes the connection."""
        data, self.rest = self.rest, b""
        try:
            while part := self.socket.recv(65536):
                data += part
        except ConnectionResetError:
            pass
        return data

    def hung_up(self):
        """Waits until the server closes the connection; fails after the timeout of the socket."""
        self.all()
        return True


HANDSHAKE = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: " + base64.b64encode(bytes(16)).decode()]


def frame(payload, opcode=1, final=True, masked=True, reserved=0):
    payload = payload.encode() if isinstance(payload, str) else payload
    head = bytes([(0x80 if final else 0) | reserved | opcode])
    length, mark = len(payload), 0x80 if masked else 0
    if length < 126:
        head += bytes([mark | length])
    elif length < 65536:
        head += bytes([mark | 126]) + struct.pack(">H", length)
    else:
        head += bytes([mark | 127]) + struct.pack(">Q", length)
    # A mask of zeros leaves the payload as it is.
    return head + (bytes(4) if masked else b"") + payload


class WebSocket(Raw):
    """A WebSocket that can send any bytes."""

    def __init__(self, server, target="/ws", *fields, behind=b"", **options):
        super().__init__(server, **options)
        request = "\r\n".join([f"GET {target} HTTP/1.1", "Host: x", *HANDSHAKE, *fields, "", ""])
        self.send(request.encode() + behind)
        head = self.head()
        assert head.startswith("HTTP/1.1 101 "), head

    def text(self, text):
        self.send(frame(text))
        return self

    def next(self):
        """Reads the next frame; returns its opcode and payload."""
        first, length = self.read(2)
        if length == 126:
            length, = struct.unpack(">H", self.read(2))
        elif length == 127:
            length, = struct.unpack(">Q", self.read(8))
        return first & 15, self.read(length)

    def close_code(self):
        """Reads frames until a close frame, checks that the connection ends after it, and returns its code."""
        while True:
            opcode, payload = self.next()
            if opcode == 8:
                self.send(frame(payload, opcode=8))
                assert self.all() == b""
                return struct.unpack(">H", payload[:2])[0] if payload else None


def joined(server, **options):
    """Opens a Socket.IO client that has joined "/"."""
    socket = WebSocket(server, "/socket.io/?EIO=4&transport=websocket", **options)
    assert socket.next()[1].startswith(b"0{")
    socket.text("40")
    assert socket.next()[1].startswith(b'40{"sid"')
    assert socket.next()[1] == b'42["auth",{}]'
    return socket


def polling(server, query="EIO=4"):
    """Opens a polling connection and returns the request target of its polls."""
    with Raw(server) as raw:
        status, body = raw.get(f"/socket.io/?{query}&transport=polling").answer()
    assert status == 200, body
    sid = re.search(rb'"sid":"([^"]+)"', body)[1].decode()
    return f"/socket.io/?{query}&transport=polling&sid={sid}"


def ask(server, target, *fields, **options):
    """Sends one request on a connection of its own; returns status and body."""
    with Raw(server) as raw:
        return raw.get(target, *fields, **options).answer()


def eventually(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition didn't become true in time"
        time.sleep(0.02)


def random_bytes(count):
    return os.urandom(count)
