"""Attacks on HTTP and WebSocket; see attacks.py."""
import os
import resource
import socket
import struct
import sys
import time
import zlib

from raw import HANDSHAKE, Raw, WebSocket, ask, frame, random_bytes, reset


def lying_lengths(server):
    assert ask(server, "/socket.io/?EIO=4&transport=polling", "Content-Length: 2147483648", method="POST")[0] in (400, 413)
    with Raw(server) as raw:
        raw.get("/upload", "Content-Length: 999999999999999999", method="POST")
        raw.send(b"x" * 100_000)
    for length in ("-1", "+1", "1e3", "0x10", "99999999999999999999", "1, 1", "1 1", ""):
        with Raw(server) as raw:
            assert raw.get("/upload", f"Content-Length: {length}", method="POST").answer()[0] == 400, length
            assert raw.hung_up()


def lying_chunks(server):
    for body in ("FFFFFFFFFFFFFFFF\r\n", "-1\r\n", "1\r\nxx\r\n", "1;" + "a" * 1000, "\r\n", "g\r\n", "1\nx\n", "0\r\n" + "a: b\r\n" * 5000,
                 "1\r\nx\r\n" * 1000 + "0x\r\n"):
        with Raw(server) as raw:
            raw.get("/upload", "Transfer-Encoding: chunked", method="POST").send(body)
            assert raw.answer()[0] == 400, body[:20]
            assert raw.hung_up()


def large_heads(server):
    many = "".join(f"A{number}: b\r\n" for number in range(100_000))
    for head, status in [("GET / HTTP/1.1\r\nHost: x\r\n" + many, 431), ("GET / HTTP/1.1\r\nHost: x\r\nA: " + "b" * 1_000_000, 431),
                         ("GET /" + "a" * 1_000_000, 414), ("GET /?" + "a=1&" * 3000 + " HTTP/1.1\r\nHost: x\r\n\r\n", 414)]:
        with Raw(server) as raw:
            raw.send(head)
            assert raw.answer()[0] == status, head[:20]
            assert raw.hung_up()


def odd_queries(server):
    for query in ("a=1&a=2&a=3", "constructor=1&__proto__=2&toString", "&&&===", "EIO=4&EIO=3", "%00%ff%zz", "a=1&" * 2000,
                  "transport=polling&transport=websocket&EIO=4&EIO=4"):
        assert ask(server, "/?" + query)[0] == 200
        for fields in ([], HANDSHAKE):
            with Raw(server) as raw:
                raw.get("/socket.io/?" + query, *fields)
                assert int(raw.head().split()[1]) in (101, 200, 400, 414), query


def paths_that_leave(server):
    for path in ("../Package.swift", "..%2fPackage.swift", "%2e%2e/Package.swift", "%2e%2e%2fPackage.swift", "..%5cPackage.swift",
                 "..\\Package.swift", "%252e%252e%252fPackage.swift", "..;/Package.swift", "chat/..%00/", "/etc/passwd", "%2fetc%2fpasswd",
                 "..%c0%afPackage.swift", "%c0%ae%c0%ae/Package.swift", "chat/../../Package.swift", "....//Package.swift", "."):
        for target in (f"/static/{path}", f"//static/{path}", f"/static//{path}"):
            status, body = ask(server, target)
            assert status in (400, 404) and b"swift-tools" not in body, (target, status)
    with Raw(server) as raw:
        head = raw.get("//evil.example/%2e%2e").head()
        assert " 404 " in head or " 400 " in head and "Location" not in head, head


def odd_ranges(server):
    for value in ("bytes=0-9223372036854775807", "bytes=9223372036854775807-", "bytes=-9223372036854775808", "bytes=0-99999999999999999999",
                  "bytes=18446744073709551615-18446744073709551616", "bytes=--1", "bytes=1-0", "bytes=" + "0-0," * 500, "bytes=a-b", "x=0-1"):
        assert ask(server, "/static/socket.io.js", f"Range: {value}")[0] in (200, 206, 416), value


def hostile_routes(server):
    for path in ("/users/" + "1" * 8000 + "x", "/users/" + "%31" * 2600 + "x", "/r499/users/" + "9" * 8000 + "/"):
        assert ask(server, path)[0] in (404, 414)


def injected_lines(server):
    for target in ("/users/1%0d%0aSet-Cookie:a=b", "/static/chat%0d%0aLocation:x", "/%0aX: y"):
        with Raw(server) as raw:
            head = raw.get(target).head()
            assert " 400 " in head and "Set-Cookie" not in head, head
    with Raw(server) as raw:
        raw.send(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nOrigin: a\rX: y\r\n\r\n")
        assert raw.answer()[0] == 400


def refused_handshakes_cut(server):
    """CVE-2022-41940: a reset after each byte of an upgrade request that is refused."""
    request = "\r\n".join(["GET /socket.io/?EIO=4&transport=websocket&sid=nobody HTTP/1.1", "Host: x", *HANDSHAKE, "", ""]).encode()
    for cut in range(0, len(request) + 1):
        raw = Raw(server)
        raw.send(request[:cut])
        reset(raw.socket)
    for end in (reset, lambda connection: connection.shutdown(socket.SHUT_WR)):
        raw = Raw(server)
        raw.send(request + b"\x81\x85garbage" + bytes(500))
        end(raw.socket)


def garbage_behind_upgrades(server):
    """CVE-2022-21676: invalid frames in the same segment as the upgrade request."""
    targets = ("/ws", "/socket.io/?EIO=4&transport=websocket", "/socket.io/?EIO=3&transport=websocket",
               "/socket.io/websocket", "/socket.io/1/websocket/nobody")
    for target in targets:
        for garbage in (b"\xf1\x80\0\0\0\0", b"\x81\x01a", b"\xc1\x80\0\0\0\0", b"\x8f\x80\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n", bytes(100),
                        b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"):
            with WebSocket(server, target, behind=garbage) as webSocket:
                assert webSocket.hung_up()


def broken_frames(server):
    for bytes_, code in [(frame("a", masked=False), 1002), (frame("a", reserved=0x20), 1002), (frame("a", reserved=0x40), 1002),
                         (frame(b"\xff"), 1007), (frame("a", opcode=3), 1002), (frame("a" * 126, opcode=9), 1002),
                         (b"\x82\xff" + struct.pack(">Q", 1 << 62) + bytes(4), 1009), (frame("", opcode=0), 1002),
                         (frame(b"\x03", opcode=8), 1002), (frame(b"", final=False) + frame(b"", opcode=0, final=False) * 2000, 1008)]:
        with WebSocket(server) as webSocket:
            webSocket.send(bytes_)
            assert webSocket.close_code() == code, (bytes_[:10], code)
    # Many fragments with content are legitimate, and the message is echoed.
    with WebSocket(server) as webSocket:
        webSocket.send(frame("a", final=False) + b"".join(frame("b" * 100, opcode=0, final=False) for _ in range(3000)) + frame("", opcode=0))
        assert webSocket.next() == (1, b"a" + b"b" * 300_000)


def bombs(server):
    """The limit of /ws is 64 MiB: a few kilobytes that decompress to more end with 1009, in linear time."""
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"
    with WebSocket(server, "/ws", offer) as webSocket:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = deflate.compress(bytes((64 << 20) + 1)) + deflate.flush(zlib.Z_SYNC_FLUSH)
        webSocket.send(frame(bomb[:-4], opcode=2, reserved=0x40))
        assert webSocket.close_code() == 1009
    with WebSocket(server, "/ws", offer) as webSocket:
        webSocket.send(frame(b"\xff" + random_bytes(1000), reserved=0x40))
        assert webSocket.close_code() == 1007
    for value in ("constructor", "permessage-deflate; constructor=1", "permessage-deflate; server_max_window_bits=99999999999999999999",
                  ";,;,=;", ", " * 7000, "permessage-deflate; a=\"\\", "permessage-deflate;" * 800):
        WebSocket(server, "/ws", f"Sec-WebSocket-Extensions: {value}").socket.close()


def slow_readers(server):
    """A client that sends requests and never reads gets a bounded amount of output, and doesn't delay other clients."""
    raw = Raw(server, receive_buffer=4096, timeout=0.5)
    try:
        for _ in range(200):
            raw.socket.sendall(b"GET /static/socket.io.js HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
    except TimeoutError:
        pass
    pings = WebSocket(server, receive_buffer=4096, timeout=0.5)
    try:
        for _ in range(500):
            pings.socket.sendall(frame(b"x" * 125, opcode=9) * 500)
        raise AssertionError("the server keeps reading although its pongs aren't read")
    except TimeoutError:
        pass
    assert ask(server, "/")[0] == 200
    reset(raw.socket)
    reset(pings.socket)


def half_closed(server):
    for data in (b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
                 b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"):
        with Raw(server) as raw:
            raw.send(data)
            raw.socket.shutdown(socket.SHUT_WR)
            assert raw.hung_up()


def policies_cut(server):
    request = b"<policy-file-request/>\0"
    for cut in range(len(request)):
        raw = Raw(server)
        raw.send(request[:cut])
        reset(raw.socket)
        with Raw(server) as raw:
            raw.send(request[:cut])
            raw.socket.shutdown(socket.SHUT_WR)
            assert (b"<cross-domain-policy>" in raw.all()) == (cut == 22), cut
    with Raw(server) as raw:
        raw.send(request)
        assert raw.all().endswith(b"\0")


def descriptors_used_up(server):
    """Without free descriptors the server waits before it accepts again, and continues when descriptors are free."""
    if not sys.platform.startswith("linux"):
        return

    def processor_time(process):
        fields = open(f"/proc/{process}/stat").read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    pid = server.process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = len(os.listdir(f"/proc/{pid}/fd"))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 4, limits[1]))
    crowd = [Raw(server) for _ in range(20)]
    time.sleep(0.2)
    before = processor_time(pid)
    time.sleep(1)
    spent = processor_time(pid) - before
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    assert spent < 0.3, f"{spent} s of CPU time were used in 1 s without a free descriptor"
    for raw in crowd:
        assert raw.get("/").answer() == (200, b"ok")
        raw.socket.close()


ALL = [lying_lengths, lying_chunks, large_heads, odd_queries, paths_that_leave, odd_ranges, hostile_routes, injected_lines, refused_handshakes_cut,
       garbage_behind_upgrades, broken_frames, bombs, slow_readers, half_closed, policies_cut,
       descriptors_used_up]
