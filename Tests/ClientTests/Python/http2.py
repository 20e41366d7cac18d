"""EchoServer on the level of frames, by the package h2: http2.py EXECUTABLE."""
import socket
import ssl
import struct
import sys
import time

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings
import hyperframe.frame as frames

from server import SecureServer

executable = sys.argv[1]
AUTHORITY = "localhost"


class Client:
    """One connection; the state machine of h2 is switched off where the test sends what no client may send."""

    def __init__(self, port, strict=True):
        context = ssl.create_default_context(cafile=SecureServer.authority)
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="localhost")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.socket.settimeout(10)
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8", validate_outbound_headers=strict,
                                           normalize_outbound_headers=strict)
        self.h2 = h2.connection.H2Connection(config)
        self.h2.initiate_connection()
        self.answers = {}
        self.ended = None
        self.isClosed = False
        self.flush()

    def flush(self):
        data = self.h2.data_to_send()
        if data:
            self.send(data)

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            self.isClosed = True

    def head(self, path="/", method="GET", fields=(), stream=None, end=True):
        stream = stream or self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, [(":method", method), (":scheme", "https"), (":authority", AUTHORITY), (":path", path),
                                      *fields], end_stream=end)
        self.flush()
        return stream

    def receive(self):
        """Reads once; false at the end of the connection."""
        try:
            data = self.socket.recv(65536)
        except ssl.SSLEOFError:
            data = b""
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            self.isClosed = True
            return False
        for event in self.h2.receive_data(data):
            stream = getattr(event, "stream_id", None)
            if isinstance(event, h2.events.ConnectionTerminated):
                self.ended = event.error_code
                continue
            answer = self.answers.setdefault(stream, {"body": b"", "ended": False, "reset": None, "status": None, "informational": []})
            if isinstance(event, h2.events.ResponseReceived):
                answer["headers"] = dict(event.headers)
                answer["status"] = dict(event.headers)[":status"]
            elif isinstance(event, h2.events.InformationalResponseReceived):
                answer["informational"].append(dict(event.headers)[":status"])
            elif isinstance(event, h2.events.DataReceived):
                answer["body"] += event.data
                self.h2.acknowledge_received_data(event.flow_controlled_length, stream)
            elif isinstance(event, h2.events.StreamEnded):
                answer["ended"] = True
            elif isinstance(event, h2.events.StreamReset):
                answer["reset"] = event.error_code
        self.flush()
        return True

    def answer(self, stream):
        """Waits for the end of a response."""
        while True:
            answer = self.answers.get(stream)
            if answer and (answer["ended"] or answer["reset"] is not None):
                return answer
            if not self.receive():
                raise AssertionError(f"the connection ended: {self.ended}, {answer}")

    def end(self):
        """Waits for the end of the connection, and returns the code of GOAWAY."""
        while self.receive():
            pass
        return self.ended

    def raw(self, *all):
        self.send(b"".join(frame.serialize() for frame in all))

    def close(self):
        self.socket.close()


def answers(port):
    client = Client(port)
    answer = client.answer(client.head("/users/42"))
    assert answer["status"] == "200" and answer["body"] == b"42", answer
    assert answer["headers"]["content-length"] == "2" and "date" in answer["headers"], answer
    assert client.answer(client.head("/nothing"))["status"] == "404"
    assert client.answer(client.head("/", "HEAD"))["body"] == b""
    client.close()


def answers_a_hundred_at_once(port):
    client = Client(port)
    client.receive()
    streams = [client.head(f"/users/{number}") for number in range(100)]
    for number, stream in enumerate(streams):
        assert client.answer(stream)["body"] == str(number).encode()
    client.close()


def answers_out_of_order(port):
    client = Client(port)
    slow = client.head("/sleep/300")
    fast = client.head("/")
    client.answer(fast)
    assert not client.answers.get(slow, {"ended": False})["ended"]
    assert client.answer(slow)["body"] == b"ok"
    client.close()


def takes_a_long_body(port):
    client = Client(port)
    stream = client.head("/upload", "POST", end=False)
    left = 3_000_000
    while left:
        room = min(client.h2.local_flow_control_window(stream), client.h2.max_outbound_frame_size, left)
        if room == 0:
            client.receive()
            continue
        client.h2.send_data(stream, b"x" * room, end_stream=room == left, pad_length=10 if room > 100 and left != room else None) \
            if room + 11 <= client.h2.local_flow_control_window(stream) and room + 11 <= client.h2.max_outbound_frame_size \
            else client.h2.send_data(stream, b"x" * room, end_stream=room == left)
        left -= room
        client.flush()
    assert client.answer(stream)["body"] == b"3000000"
    client.close()


def keeps_the_window(port):
    """A client that opens no window gets no more bytes than it has allowed."""
    client = Client(port)
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 10})
    client.flush()
    client.receive()
    stream = client.head("/static/socket.io.js")
    client.socket.settimeout(0.5)
    received = 0
    try:
        while True:
            data = client.socket.recv(65536)
            for event in client.h2.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    received += len(event.data)
    except TimeoutError:
        pass
    assert received <= 10, received
    client.close()


def says_100(port):
    client = Client(port)
    stream = client.head("/upload", "POST", [("expect", "100-continue")], end=False)
    while not client.answers.get(stream, {"informational": []})["informational"]:
        assert client.receive()
    client.h2.send_data(stream, b"body", end_stream=True)
    client.flush()
    assert client.answer(stream)["body"] == b"4"
    client.close()


def answers_ping(port):
    client = Client(port)
    client.h2.ping(b"12345678")
    client.flush()
    client.receive()
    client.answer(client.head("/"))
    client.close()


def refuses(port):
    """Heads that another server could read differently."""
    good = [(":method", "GET"), (":scheme", "https"), (":authority", AUTHORITY), (":path", "/")]
    bad = [
        good[:3] + [(":path", "/a\r\nx: y")],
        good[:3] + [(":path", "/a b")],
        good[:3] + [(":path", "")],
        good[:3],
        [good[0]] + good[2:],
        good + [("connection", "close")],
        good + [("transfer-encoding", "chunked")],
        good + [("upgrade", "websocket")],
        good + [("te", "gzip")],
        good + [("Upper", "1")],
        good + [("x", "a\r\nb")],
        good + [("x", "1"), (":path", "/late")],
        good + [(":path", "/again")],
        good + [(":unknown", "1")],
        good + [("content-length", "1")],
        [(":method", "GE T")] + good[1:],
        good[:2] + [(":authority", "a,b")] + good[3:],
    ]
    for fields in bad:
        client = Client(port, strict=False)
        client.receive()
        stream = client.h2.get_next_available_stream_id()
        block = client.h2.encoder.encode(fields)
        frame = frames.HeadersFrame(stream, data=block, flags=["END_HEADERS", "END_STREAM"])
        client.raw(frame)
        outcome = wait(client, stream)
        assert outcome in ("400", "reset", "ended"), (fields, outcome)
        client.close()
        check(port)


def wait(client, stream):
    """Reads frames until the stream or the connection ends; h2 doesn't know about the stream."""
    data = b""
    while True:
        while len(data) >= 9:
            frame, length = frames.Frame.parse_frame_header(memoryview(data)[:9])
            if len(data) < 9 + length:
                break
            frame.parse_body(memoryview(data)[9:9 + length])
            data = data[9 + length:]
            if isinstance(frame, frames.GoAwayFrame):
                return "ended"
            if frame.stream_id == stream and isinstance(frame, frames.RstStreamFrame):
                return "reset"
            if frame.stream_id == stream and isinstance(frame, frames.HeadersFrame):
                return dict(client.h2.decoder.decode(frame.data))[":status"]
        more = client.socket.recv(65536)
        if not more:
            return "ended"
        data += more


def check(port):
    """Another connection is served as before."""
    client = Client(port)
    assert client.answer(client.head("/"))["body"] == b"ok"
    client.close()


def flood(port, make, maximum, codes=(0xB,)):
    """Sends frames until the connection ends."""
    client = Client(port, strict=False)
    client.receive()
    for number in range(maximum):
        client.raw(*make(client, number))
        if client.isClosed:
            break
    client.h2.receive_data = lambda data: client_events(client, data)
    code = client.end()
    assert code in codes or (code is None and client.isClosed), code
    client.close()
    check(port)


def client_events(client, data):
    """Finds GOAWAY in frames that h2 wouldn't accept."""
    rest = getattr(client, "rest", b"") + data
    while len(rest) >= 9:
        length = int.from_bytes(rest[:3], "big")
        if len(rest) < 9 + length:
            break
        if rest[3] == 7:
            client.ended = struct.unpack(">II", rest[9:17])[1]
        rest = rest[9 + length:]
    client.rest = rest
    return []


def encode(client, path="/"):
    return client.h2.encoder.encode([(":method", "GET"), (":scheme", "https"), (":authority", AUTHORITY), (":path", path)])


def floods(port):
    flood(port, lambda client, number: [
        frames.HeadersFrame(2 * number + 1, data=encode(client, "/sleep/1000"), flags=["END_HEADERS", "END_STREAM"]),
        frames.RstStreamFrame(2 * number + 1, error_code=8)], 1000)
    flood(port, lambda client, number: [frames.PingFrame(0, opaque_data=b"12345678")], 1000)
    flood(port, lambda client, number: [frames.SettingsFrame(0, settings={3: 100})], 1000)
    flood(port, lambda client, number: [frames.WindowUpdateFrame(0, window_increment=1)], 1000)
    flood(port, lambda client, number: [frames.PriorityFrame(1, depends_on=0, stream_weight=1)], 1000)
    flood(port, lambda client, number: [frames.HeadersFrame(1, data=encode(client), flags=[])] if number == 0
          else [frames.ContinuationFrame(1, data=b"", flags=[])], 1000)
    flood(port, lambda client, number: [frames.HeadersFrame(1, data=encode(client, "/upload"), flags=["END_HEADERS"])] if number == 0
          else [frames.DataFrame(1, data=b"")], 1000)
    # A stream that never ends its request, beside 100 others.
    flood(port, lambda client, number: [
        frames.HeadersFrame(2 * number + 1, data=encode(client, "/sleep/60000"), flags=["END_HEADERS", "END_STREAM"])], 400, (0xB, 1, 7))


def breaks(port):
    """Frames that break the protocol end the connection, and only that connection."""
    for frame in (b"\0\0\1\0\0\0\0\0\0x", b"\0\0\4\6\0\0\0\0\0ping", b"\0\0\5\4\0\0\0\0\0abcde", b"\xff\xff\xff\0\0\0\0\0\1",
                  b"\0\0\4\x08\0\0\0\0\0\0\0\0\0", b"\0\0\5\1\5\0\0\0\2\x82\x87\x84\x41\0", b"\0\0\1\1\5\0\0\0\1\xff"):
        client = Client(port, strict=False)
        client.receive()
        client.send(frame)
        client.h2.receive_data = lambda data: client_events(client, data)
        assert client.end() not in (None, 0), frame
        client.close()
        check(port)


def ends_gracefully(executable):
    """A request in progress is answered after SIGTERM, and the end is announced."""
    server = SecureServer(executable)
    client = Client(server.port)
    stream = client.head("/sleep/700")
    client.receive()
    time.sleep(0.2)
    started = time.monotonic()
    server.process.terminate()
    # For h2 a connection has ended with the first GOAWAY, so the frames are read here.
    data = b""
    last = []
    body = b""
    while True:
        more = client.socket.recv(65536)
        if not more:
            break
        data += more
        while len(data) >= 9:
            frame, length = frames.Frame.parse_frame_header(memoryview(data)[:9])
            if len(data) < 9 + length:
                break
            frame.parse_body(memoryview(data)[9:9 + length])
            data = data[9 + length:]
            if isinstance(frame, frames.GoAwayFrame):
                last.append(frame.last_stream_id)
            elif isinstance(frame, frames.PingFrame) and "ACK" not in frame.flags:
                client.raw(frames.PingFrame(0, opaque_data=frame.opaque_data, flags=["ACK"]))
            elif isinstance(frame, frames.DataFrame) and frame.stream_id == stream:
                body += frame.data
    client.close()
    assert body == b"ok", body
    assert last == [2**31 - 1, stream], last
    assert server.process.wait(20) == 0
    assert time.monotonic() - started < 5


with SecureServer(executable) as server:
    for test in (answers, answers_a_hundred_at_once, answers_out_of_order, takes_a_long_body, keeps_the_window, says_100, answers_ping,
                 refuses, floods, breaks):
        started = time.monotonic()
        test(server.port)
        print(f"{test.__name__}: {time.monotonic() - started:.1f} s", flush=True)
ends_gracefully(executable)
print("HTTP/2 on the level of frames: passed")
