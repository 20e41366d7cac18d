#!/usr/bin/env python3
"""Soaks an EchoServer with clients of all generations, and checks that nothing is left behind.

    python3 Benchmarks/soak.py .build/release/EchoServer --minutes 60 [--rate 40] [--sessions 100000] [--seed 1]

Each client takes one of the scenes below: it connects, checks what comes back, and ends in a random way - with a goodbye, with a FIN,
with a reset, in the middle of a frame, thrown out by the server, or by silence until the ping timeout. The run ends after --minutes or
after --sessions, whichever is first. Then all objects of connections must be gone, and the memory must be within 10 % of its plateau, which
is the resident memory after a third of the run. A table goes to standard output; the exit code is 1 if a check fails.
Only the standard library is used.
"""
import argparse, asyncio, base64, collections, json, os, random, signal, socket, struct, sys, time

PING = ["--ping-interval", "10000", "--ping-timeout", "20000"]


class Failure(Exception):
    """The server's answer is wrong."""


class Link:
    """One TCP connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls):
        return cls(*await asyncio.open_connection("127.0.0.1", PORT))

    def reset(self):
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self):
        self.writer.close()

    async def request(self, method, path, body=b"", headers=""):
        head = f"{method} {path} HTTP/1.1\r\nHost: soak\r\n{headers}"
        if body or method == "POST":
            head += f"Content-Length: {len(body)}\r\nContent-Type: text/plain;charset=UTF-8\r\n"
        self.writer.write(head.encode() + b"\r\n" + body)
        return await self.response()

    async def response(self):
        """The status and the body of a response."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status = int(head.split(" ", 2)[1])
        fields = {k.strip().lower(): v.strip() for k, _, v in (l.partition(":") for l in head.split("\r\n")[1:])}
        if status == 101:
            return status, b""
        if fields.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await self.reader.readline(), 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readline()
            return status, body
        return status, await self.reader.readexactly(int(fields.get("content-length", 0)))

    async def upgrade(self, path):
        status, _ = await self.request(
            "GET",
            path,
            headers="Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n",
        )
        if status != 101:
            raise Failure(f"{path}: {status} instead of 101")

    def frame(self, data, opcode=1):
        data = data.encode() if isinstance(data, str) else data
        length = bytes([128 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        mask = os.urandom(4)
        return bytes([128 | opcode]) + length + mask + bytes(b ^ mask[i & 3] for i, b in enumerate(data))

    def send(self, data, opcode=1):
        self.writer.write(self.frame(data, opcode))

    async def receive(self):
        """The next text or binary message."""
        while True:
            first, length = await self.reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack(">H", await self.reader.readexactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
            data = await self.reader.readexactly(length)
            if first & 15 == 8:
                raise ConnectionResetError("closed")
            if first & 15 in (1, 2):
                return data.decode() if first & 15 == 1 else data

    async def expect(self, wanted, reply=None):
        """Skips pings (and answers them by `reply`) and broadcasts until `wanted` comes."""
        for _ in range(10_000):
            data = await self.receive()
            if data == wanted or (callable(wanted) and wanted(data)):
                return data
            if isinstance(data, str) and reply and data == reply[0]:
                self.send(reply[1])
        raise Failure(f"{wanted} did not come")


async def leave(link, goodbye=None):
    """Ends a WebSocket in one of the ways in which clients end."""
    way = random.choice(["goodbye", "fin", "reset", "torn", "silence"] if goodbye else ["fin", "reset", "torn"])
    ENDS[way] += 1
    if way == "goodbye":
        for data in goodbye:
            link.send(data)
        link.send(b"\x03\xe8", 8)
        await asyncio.wait_for(link.reader.read(), 60)
    elif way == "torn":
        link.writer.write(link.frame("42" + "x" * 90)[: random.randrange(1, 90)])
        await asyncio.sleep(0)
    elif way == "silence":
        # The server ends the connection at its ping timeout.
        await asyncio.wait_for(link.reader.read(), 60)
    if way == "reset":
        link.reset()
    else:
        link.close()


def noise():
    return "".join(random.choice("abc \\u00e9\"") for _ in range(random.randrange(200))).replace('"', "'").replace("\\", "/")


def event(start):
    """An event that begins so; clients that can recover get an offset as a further argument."""
    return lambda data: isinstance(data, str) and data.startswith(start) and data[len(start)] in "],"


async def chat(link, prefix, reply, binary=False):
    """Echoes, acknowledgements, rooms and broadcasts of the revisions with Socket.IO packets."""
    for number in range(random.randrange(1, 6)):
        text = json.dumps(noise() + str(number))
        link.send(f'{prefix}2["message",{text}]')
        await link.expect(event(f'{prefix}2["message",{text}'), reply)
        link.send(f'{prefix}2{number}["message-with-ack",{text}]')
        await link.expect(f"{prefix}3{number}[{text}]", reply)
    link.send(f'{prefix}27["join","lobby"]')
    await link.expect(f"{prefix}37[]", reply)
    link.send(f'{prefix}2["{random.choice(["bcast", "bcast-others"])}",{text}]')
    link.send(f'{prefix}2["room","lobby",1]')
    await link.expect(event(f'{prefix}2["room",1'), reply)


async def modern_websocket(revision):
    link = await Link.open()
    await link.upgrade(f"/socket.io/?EIO={revision}&transport=websocket")
    await link.expect(lambda data: data[0] == "0")
    reply = ("2", "3") if revision == 4 else None
    if revision == 4:
        link.send("40")
    await link.expect(lambda data: data.startswith("40"), reply)
    await chat(link, "4", reply)
    if random.random() < 0.2:
        link.send('42["kick-all"]')
        ENDS["thrown out"] += 1
        await asyncio.wait_for(link.reader.read(), 60)
        return link.close()
    if random.random() < 0.1:
        link.send('42["kick"]')
        await link.expect("41", reply)
    await leave(link, ["1"])


async def polling(upgrades):
    link = await Link.open()
    status, body = await link.request("GET", "/socket.io/?EIO=4&transport=polling")
    if status != 200:
        raise Failure(f"handshake: {status}")
    sid = json.loads(body[1:])["sid"]
    path = f"/socket.io/?EIO=4&transport=polling&sid={sid}"
    await link.request("POST", path, b"40")
    status, body = await link.request("GET", path)
    if not body.startswith(b"40"):
        raise Failure(f"CONNECT: {status} {body[:60]}")
    if upgrades:
        socket = await Link.open()
        await socket.upgrade(f"/socket.io/?EIO=4&transport=websocket&sid={sid}")
        socket.send("2probe")
        await socket.expect("3probe")
        socket.send("5")
        await chat(socket, "4", ("2", "3"))
        link.close()
        return await leave(socket, ["1"])
    seen = b""
    for number in range(3):
        await link.request("POST", path, f'42{number}["message-with-ack",{number}]'.encode())
        while f"43{number}[{number}]".encode() not in seen:
            status, body = await link.request("GET", path)
            if status != 200:
                raise Failure(f"poll: {status} {body[:60]}")
            seen += body + b"\x1e"
            if b"2" in body.split(b"\x1e"):
                await link.request("POST", path, b"3")
    if random.random() < 0.4:
        await link.request("POST", path, b"1")
    elif random.random() < 0.3:
        # A poll that is cut while it waits.
        link.writer.write(f"GET {path} HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
        await asyncio.sleep(0.05)
        return link.reset()
    link.close()


async def recovery():
    """Comes back with the private id and the offset of the last event, and must find the same socket."""
    link = await Link.open()
    await link.upgrade("/socket.io/?EIO=4&transport=websocket")
    await link.expect(lambda data: data[0] == "0")
    link.send("40")
    ids = json.loads((await link.expect(lambda data: data.startswith("40{")))[2:])
    link.send('42["message","last"]')
    echo = await link.expect(lambda data: data.startswith('42["message","last",'))
    if random.random() < 0.5:
        link.reset()
    else:
        link.close()
    link = await Link.open()
    await link.upgrade("/socket.io/?EIO=4&transport=websocket")
    await link.expect(lambda data: data[0] == "0")
    link.send("40" + json.dumps({"pid": ids["pid"], "offset": json.loads(echo[2:])[-1]}))
    again = json.loads((await link.expect(lambda data: data.startswith("40{"), ("2", "3")))[2:])
    if again["sid"] != ids["sid"]:
        raise Failure("the socket was not continued")
    await leave(link, ["1"])


async def socketio09(websocket):
    link = await Link.open()
    status, body = await link.request("GET", "/socket.io/1/")
    sid = body.decode().split(":")[0]
    if websocket:
        await link.upgrade(f"/socket.io/1/websocket/{sid}")
        await link.expect("1::")
        link.send('5:1+::{"name":"message-with-ack","args":["é"]}')
        await link.expect('6:::1+["é"]', ("2::", "2::"))
        link.send("3:::hello")
        await link.expect("3:::hello", ("2::", "2::"))
        return await leave(link, ["0::"])
    path = f"/socket.io/1/xhr-polling/{sid}"
    await link.request("GET", path)
    await link.request("POST", path, b"3:::hello")
    seen = b""
    while b"3:::hello" not in seen:
        status, body = await link.request("GET", path)
        if status != 200:
            raise Failure(f"poll of 0.9: {status}")
        seen += body
    if random.random() < 0.5:
        await link.request("GET", path + "?disconnect=1")
    link.close()


def framed06(text):
    return f"~m~{len(text)}~m~{text}"


async def socketio06(websocket):
    link = await Link.open()
    if websocket:
        await link.upgrade("/socket.io/websocket")
        await link.receive()
        link.send(framed06("hello"))
        await link.expect(framed06("hello"))
        link.send(framed06("__bcast__ all"))
        if random.random() < 0.3:
            link.send(framed06("__close__"))
            ENDS["thrown out"] += 1
            await asyncio.wait_for(link.reader.read(), 60)
            return link.close()
        return await leave(link)
    status, body = await link.request("GET", f"/socket.io/xhr-polling//{random.random()}")
    sid = body.decode().split("~m~")[2]
    await link.request("POST", f"/socket.io/xhr-polling/{sid}/send", b"data=" + framed06("hello").encode())
    seen = b""
    while b"~m~5~m~hello" not in seen:
        status, body = await link.request("GET", f"/socket.io/xhr-polling/{sid}/{random.random()}")
        if status != 200:
            raise Failure(f"poll of 0.6: {status}")
        seen += body
    link.close()


async def refused():
    """Requests that must be refused, and bytes that are no request."""
    link = await Link.open()
    target = random.choice(
        ["/socket.io/?EIO=4&transport=none", "/socket.io/?EIO=4", "/socket.io/?EIO=4&transport=polling&sid=no"]
    )
    status, _ = await link.request("GET", target)
    if status != 400:
        raise Failure(f"{target}: {status} instead of 400")
    link.writer.write(os.urandom(random.randrange(1, 300)))
    await asyncio.sleep(0)
    link.reset() if random.random() < 0.5 else link.close()
    link = await Link.open()
    await link.upgrade("/socket.io/?EIO=4&transport=websocket")
    await link.receive()
    link.send("40/guarded,")
    await link.expect(lambda data: data.startswith("44/guarded,"))
    link.send("4garbage")
    await asyncio.wait_for(link.reader.read(), 60)
    link.close()


async def deaf():
    """Never reads what the others broadcast."""
    link = await Link.open()
    await link.upgrade("/socket.io/?EIO=4&transport=websocket")
    link.send("40")
    link.reader._transport.pause_reading()
    await asyncio.sleep(random.uniform(0.5, 6))
    link.reset() if random.random() < 0.5 else link.close()


SCENES = {
    "4 websocket": (20, lambda: modern_websocket(4)),
    "3 websocket": (10, lambda: modern_websocket(3)),
    "4 polling": (10, lambda: polling(False)),
    "4 upgrade": (10, lambda: polling(True)),
    "4 recovery": (6, recovery),
    "0.9 websocket": (8, lambda: socketio09(True)),
    "0.9 polling": (6, lambda: socketio09(False)),
    "0.6 websocket": (8, lambda: socketio06(True)),
    "0.6 polling": (6, lambda: socketio06(False)),
    "refused": (8, refused),
    "deaf": (3, deaf),
}
ENDS, DONE, FAILED = collections.Counter(), collections.Counter(), collections.Counter()


async def play(name, scene):
    try:
        await asyncio.wait_for(scene(), 120)
        DONE[name] += 1
    except Exception as error:  # each failure is counted and shown
        FAILED[name] += 1
        if FAILED[name] <= 20:
            print(f"  {name}: {type(error).__name__}: {error}", flush=True)


async def stats():
    link = await Link.open()
    _, body = await link.request("GET", "/stats")
    link.close()
    return json.loads(body)


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--sessions", type=int, default=0, help="end after this many clients")
    parser.add_argument("--rate", type=float, default=40, help="clients a second")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    arguments = ["--port", "0", "--no-auth", "--recovery", *PING]
    server = await asyncio.create_subprocess_exec(options.binary, *arguments, stdout=asyncio.subprocess.PIPE)
    global PORT
    while not (line := await server.stdout.readline()).startswith(b"listening"):
        pass
    PORT = int(line.split()[1])
    start = time.monotonic()
    names, weights = list(SCENES), [weight for weight, _ in SCENES.values()]
    running, plateau, begun, row = set(), None, 0, 0.0
    print(" minute   clients  failed  running   open  rss MB", flush=True)
    while server.returncode is None:
        elapsed = time.monotonic() - start
        over = elapsed >= options.minutes * 60 or (options.sessions and begun >= options.sessions)
        part = max(elapsed / (options.minutes * 60), begun / options.sessions if options.sessions else 0)
        if plateau is None and part >= 1 / 3:
            plateau = resident(server.pid)
        if elapsed >= row or over:
            row += 60
            known = await stats()
            print(
                f"{elapsed / 60:7.1f} {begun:9} {FAILED.total():7} {len(running):8} {known['open']:6} {resident(server.pid):7.1f}",
                flush=True,
            )
        if over:
            break
        while begun < elapsed * options.rate and len(running) < 2_000:
            name = random.choices(names, weights)[0]
            task = asyncio.create_task(play(name, SCENES[name][1]))
            running.add(task)
            task.add_done_callback(running.discard)
            begun += 1
        await asyncio.sleep(0.01)
    if server.returncode is not None:
        sys.exit(f"the server ended with {server.returncode}")
    await asyncio.gather(*running)
    # Lost sockets wait two minutes for their clients.
    for _ in range(150):
        known = await stats()
        objects = {name: count for name, count in known["objects"].items() if count}
        if known["open"] == 0 and known["sockets"] == 0 and not objects:
            break
        await asyncio.sleep(1)
    memory = resident(server.pid)
    print("scenes:", dict(DONE), "\nends:", dict(ENDS), "\nfailed:", dict(FAILED))
    print(f"left: open {known['open']}, sockets {known['sockets']}, objects {objects}")
    print(f"memory: plateau {plateau:.1f} MB, at the end {memory:.1f} MB")
    server.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(server.wait(), 60)
    print("exit code of the server:", code)
    good = not FAILED and known["open"] == 0 and not objects and memory <= plateau * 1.1 and code == 0
    sys.exit(0 if good else 1)


asyncio.run(main())
