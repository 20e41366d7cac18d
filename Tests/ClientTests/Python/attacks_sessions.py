"""Attacks on Socket.IO endpoints of all generations; see attacks.py."""
import random
import re
import socket
import time

from raw import Raw, WebSocket, ask, eventually, frame, joined, polling, random_bytes, reset


def unknown(answer):
    return answer[0] == 400 and b"Session ID unknown" in answer[1]


def polls_twice(server):
    target = polling(server)
    ask(server, target)
    with Raw(server) as first, Raw(server) as second:
        first.get(target)
        time.sleep(0.05)
        assert second.get(target).answer()[0] == 400
        first.answer()
    assert unknown(ask(server, target))


def posts_twice(server):
    """A second POST while the body of the first is incomplete: 400, and the connection ends (engine.io 6.6, polling.ts)."""
    target = polling(server)
    with Raw(server) as first:
        first.get(target, "Content-Length: 10", method="POST").send("42")
        time.sleep(0.05)
        assert ask(server, target, method="POST", body="40")[0] == 400
        assert unknown(ask(server, target))


def posts_cut(server):
    for end in (reset, lambda connection: connection.shutdown(socket.SHUT_WR), lambda connection: connection.close()):
        target = polling(server)
        raw = Raw(server)
        raw.get(target, "Content-Length: 1000", method="POST").send("40")
        end(raw.socket)
        eventually(lambda: unknown(ask(server, target)))


def posts_of_the_wrong_kind(server):
    """CVE-2026-59725: each kind of invalid POST is answered."""
    target = polling(server)
    status, _ = ask(server, target, "Content-Type: application/octet-stream", method="POST", body="\0\1\xff4")
    assert status in (200, 400)
    assert unknown(ask(server, target))
    target = polling(server)
    assert ask(server, target, "Content-Length: 1000001", method="POST")[0] == 413
    for method in ("HEAD", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
        with Raw(server) as raw:
            assert " 405 " in raw.get(target, method=method).head(), method


def polls_given_up(server):
    for _ in range(100):
        target = polling(server)
        raw = Raw(server)
        raw.get(target)
        reset(raw.socket)


def sessions_abandoned(server):
    with Raw(server) as raw:
        for _ in range(500):
            assert raw.get("/socket.io/?EIO=4&transport=polling").answer()[0] == 200
            assert raw.get("/socket.io/?EIO=3&transport=polling").answer()[0] == 200
            assert raw.get("/socket.io/xhr-polling//1").answer()[0] == 200
            assert raw.get("/socket.io/1/").answer()[0] == 200
    for _ in range(50):
        reset(joined(server).socket)
        reset(WebSocket(server, "/socket.io/websocket").socket)


def wrong_transports(server):
    sid06 = re.search(rb"~m~26~m~(\w+)", ask(server, "/socket.io/xhr-polling//1")[1])[1].decode()
    for path in (f"jsonp-polling/{sid06}/1/0", f"htmlfile/{sid06}/1", f"xhr-multipart/{sid06}", f"1/xhr-polling/{sid06}",
                 f"?EIO=4&transport=polling&sid={sid06}"):
        status, body = ask(server, f"/socket.io/{path}")
        assert status >= 400 or body.startswith(b"7:::"), (path, status, body)
    with joined(server) as client:
        sid = polling(server).rpartition("=")[2]
        assert ask(server, f"/socket.io/1/xhr-polling/{sid}")[1].startswith(b"7:::")
        client.text('42["message",1]')
        assert client.next()[1] == b'42["message",1]'


def forged_indices(server):
    for index in ("0](alert(1))//", "-1", "__proto__", "99999999999999999999999", "1e9", "", "0%0d%0aX:y", "%3Cscript%3E"):
        for target in (f"/socket.io/jsonp-polling//1/{index}", f"/socket.io/1/jsonp-polling/nobody?i={index}", f"/socket.io/1/?jsonp={index}",
                       f"/socket.io/?EIO=3&transport=polling&j={index}"):
            status, body = ask(server, target)
            assert not re.search(rb"alert|proto|script", body) and status in (200, 400, 404), (target, status, body)
            assert status != 200 or re.match(rb"(io\.JSONP|io\.j|___eio)\[\d+\]|\d+:|\w+:60:|[\w-]{20}:", body), (target, body)


def lying_frames_of_06(server):
    for text in ("~m~5~m~a", "~m~-1~m~a", "~m~99999999999999999999~m~a", "~m~ 1~m~a", "~m~1~m~ab", "~j~1", "~m~4~m~~j~{", "~m~3~m~~h~", "~m~", "a" * 1000):
        answer = ask(server, "/socket.io/xhr-polling//1")[1]
        sid = answer.decode()[-26:]
        assert ask(server, f"/socket.io/xhr-polling/{sid}/send", method="POST", body="data=" + text)[0] == 200
        with WebSocket(server, "/socket.io/websocket") as webSocket:
            webSocket.next()
            webSocket.text(text)
            webSocket.close_code()


def hixie(server):
    keys = ["Sec-WebSocket-Key1: 18x 6]8vM;54 *(5:  {   U1]8  z [  8", "Sec-WebSocket-Key2: 1_ tx7X d  <  nw  334J702) 7]o}` 0"]
    upgrade = ["Connection: Upgrade", "Upgrade: WebSocket", "Origin: http://x"]
    for bad in ("12345", "   ", "99999999999999999999999999 9 9", "4294967296 0", ""):
        with Raw(server) as raw:
            assert raw.get("/socket.io/websocket", *upgrade, f"Sec-WebSocket-Key1: {bad}", keys[1]).answer()[0] == 400, bad
            assert raw.hung_up()
    for cut in range(8):
        raw = Raw(server)
        raw.get("/socket.io/websocket", *upgrade, *keys).send(b"Tm[K T2u"[:cut])
        assert " 101 " in raw.head()
        reset(raw.socket)
    for lie in (b"\x80\xff\xff\xff\xff\x7f", b"\x80" + b"\xff" * 20, b"\x80\x87\xff\xff\x7f", b"\0" + b"a" * 1_100_000, b"\0\xc0\xff",
                b"\x80" + b"\x80" * 20):
        with Raw(server) as raw:
            raw.get("/socket.io/websocket", *upgrade, *keys).send(b"Tm[K T2u" + lie)
            raw.hung_up()


def odd_packets(server):
    lies = ["451-[\"x\",{\"_placeholder\":true,\"num\":1e300}]", "4511-[\"x\"]", "45999999999999999999999-[\"x\"]", "42[{}]", "42[\"connect\"]", "4" + "1" * 500_000,
            "42" + "[" * 500_000, "42[\"x\"," + "[" * 400_000, "42/" + "a" * 100_000 + ",[]", "4\u0301", "49", "40\u001e42[]", "b!!!!"]
    for lie in lies:
        with joined(server) as client:
            client.text(lie)
            client.close_code()
    with joined(server) as client:
        for harmless in ("42[\"error\"]", "42[\"__proto__\",{\"__proto__\":1}]", "42[\"constructor\"]", "43999[1]", "450-[\"x\"]", "40/nowhere,", "42[7]"):
            client.text(harmless)
        client.text('42["message","still here"]')
        assert client.next()[1].startswith(b"44/nowhere,")
        assert client.next()[1] == b'42["message","still here"]'


def packets_without_their_attachments(server):
    """CVE-2026-69185: a packet announces attachments, and another packet or nothing follows."""
    for follow in ("42[\"x\"]", "451-[\"x\"]"):
        with joined(server) as client:
            client.text('451-["x",{"_placeholder":true,"num":0}]').text(follow)
            client.close_code()
    with joined(server) as client:
        client.send(frame(b"nobody waits", opcode=2))
        client.close_code()
    with joined(server) as client:
        # The client answers heartbeats, but never sends the last attachment.
        client.text('452-["x",{"_placeholder":true,"num":0}]')
        client.send(frame(b"half", opcode=2))
        deadline = time.monotonic() + 5
        while client.next()[0] != 8:
            client.text("3")
            assert time.monotonic() < deadline, "the incomplete packet doesn't end the connection"


def namespaces_without_end(server):
    with joined(server) as client:
        client.send(b"".join(frame(f"40/dyn-{number},") for number in range(2000)))
        client.text("40/dyn-" + "1" * 100_000 + ",")
        client.close_code()


def slow_reader_in_a_flood(server):
    """A client that doesn't read the broadcasts is disconnected, and the other client receives all of them."""
    deaf = joined(server, receive_buffer=4096)
    with joined(server) as speaker:
        for number in range(1500):
            speaker.text(f'42["bcast","{number}","{"x" * 8000}"]')
            while True:
                payload = speaker.next()[1]
                if payload == b"2":
                    speaker.text("3")
                else:
                    assert payload.startswith(f'42["bcast","{number}",'.encode())
                    break
    assert deaf.hung_up()


def upgrades_that_never_end(server):
    for first in ("", "2probe", "4hello", "5", "2probe|2probe", "2probe|4x", "2probe|5|" + "x" * 100):
        target = polling(server).replace("polling", "websocket")
        webSocket = WebSocket(server, target)
        for text in filter(None, first.split("|")):
            webSocket.text(text)
        reset(webSocket.socket)


def random_frames(server):
    generator = random.Random(1)
    for number in range(200):
        target = ("/socket.io/?EIO=4&transport=websocket", "/socket.io/?EIO=3&transport=websocket", "/socket.io/websocket")[number % 3]
        webSocket = WebSocket(server, target)
        text = "".join(generator.choice('0123456789[]{}",:~mjh/-abe \u00e9') for _ in range(generator.randrange(60)))
        webSocket.text(text)
        webSocket.send(frame(random_bytes(generator.randrange(50)), opcode=2))
        webSocket.socket.close()


ALL = [polls_twice, posts_twice, posts_cut, posts_of_the_wrong_kind, polls_given_up, sessions_abandoned, wrong_transports, forged_indices,
       lying_frames_of_06, hixie, odd_packets, packets_without_their_attachments, namespaces_without_end, slow_reader_in_a_flood,
       upgrades_that_never_end, random_frames]
