"""The browser client of Gust in a browser, against EchoServer: browser_client.py EXECUTABLE BROWSER MODE."""
import json
import re
import sys

from browsers import browser as start
from server import Server

executable, name, mode = sys.argv[1:4]
OPTIONS = {
    "polling": {"transports": ["polling"], "upgrade": False},
    "websocket": {"transports": ["websocket"]},
    "upgrade": {"transports": ["polling", "websocket"]},
}[mode]
CARRIER = {"polling": "polling", "websocket": "websocket", "upgrade": "websocket"}[mode]

# The helpers in the page: open a socket, await its next event, compare values and bytes.
TOOLS = """
globalThis.options = %s;
globalThis.open = (address = "/", more = {}) => io(address, { ...options, forceNew: true, reconnectionDelay: 100, ...more });
globalThis.next = (socket, name) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no ${name} came`)), 10000);
    socket.once(name, (...args) => resolve(args));
});
globalThis.carried = async (socket) => {
    while (socket.io.transportName !== "CARRIER") await new Promise((resolve) => setTimeout(resolve, 20));
    await socket.timeout(10000).emitWithAck("message-with-ack");
};
globalThis.check = (is, what) => { if (!is) throw new Error(`not so: ${what}`); };
globalThis.same = (a, b) => {
    if (b instanceof ArrayBuffer || ArrayBuffer.isView(b)) {
        const [x, y] = [a, b].map((value) => ArrayBuffer.isView(value) ? [...value] : [...new Uint8Array(value)]);
        return a instanceof ArrayBuffer && x.join() === y.join();
    }
    if (b === null || typeof b !== "object") return Object.is(a, b);
    return Object.keys(a).join() === Object.keys(b).join() && Object.keys(b).every((key) => same(a[key], b[key]));
};
""".replace("CARRIER", CARRIER) % json.dumps(OPTIONS)

TESTS = {
    "values and bytes are echoed": """
        const socket = open();
        check(same(await next(socket, "auth"), [{}]), "auth is empty");
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        const values = ["", "grüße, 😀 👩‍👩‍👧", "\\u2028\\u2029\\ufffd\\0\\n\\"</script>", "x".repeat(100000), 0, -1.5, true, null, [], {},
            [1, [2, { three: [null] }]], bytes, bytes.buffer, new Uint8Array(0), { a: [bytes, { b: bytes.subarray(3, 5) }] },
            new Uint16Array([1, 65535]).buffer, new Uint8Array(100000).fill(7)];
        for (const value of values) {
            socket.emit("message", value);
            const [back] = await next(socket, "message");
            check(same(back, value), `${typeof value} ${JSON.stringify(value)?.slice(0, 60)}`);
            check(same(await socket.timeout(10000).emitWithAck("message-with-ack", value), value), "acknowledged");
        }
        socket.emit("message", new Blob([bytes]), "behind");
        check(same(await next(socket, "message"), [bytes, "behind"]), "a Blob");
        socket.disconnect();
    """,
    "five hundred messages are echoed in order during the upgrade": """
        const socket = open();
        const heard = [];
        socket.on("message", (number) => heard.push(number));
        for (let number = 0; number < 500; number += 1) {
            socket.emit("message", number);
            if (number % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
        }
        await socket.timeout(10000).emitWithAck("message-with-ack");
        check(heard.length === 500 && heard.every((number, index) => number === index), heard.join());
        socket.disconnect();
    """,
    "the transport is the requested one": """
        const socket = open();
        await next(socket, "auth");
        for (let round = 0; round < 100; round += 1) {
            if (socket.io.transportName === "CARRIER") break;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const info = await socket.timeout(10000).emitWithAck("info");
        check(info.transport === "CARRIER" && info.id === socket.id && info.protocol === 4, JSON.stringify(info));
        socket.disconnect();
    """,
    "the server receives an acknowledgement, or a timeout": """
        const socket = open();
        await next(socket, "auth");
        socket.on("callback", (value, answer) => value === "silence" || answer(value, new Uint8Array([1, 2])));
        const answers = await new Promise((resolve) => socket.emit("call-me", "question", 5000, (...args) => resolve(args)));
        check(same(answers, ["ok", "question", new Uint8Array([1, 2])]), JSON.stringify(answers));
        const silence = await new Promise((resolve) => socket.emit("call-me", "silence", 100, (...args) => resolve(args)));
        check(silence[0] === "timeout", JSON.stringify(silence));
        socket.disconnect();
    """,
    "namespaces share one connection, and events stay in their namespace": """
        const first = io("/", { ...options, multiplex: true });
        const second = io("/custom", { ...options, auth: (answer) => answer({ who: "second" }) });
        check(first.io === second.io, "one connection");
        const [[none], [who]] = await Promise.all([next(first, "auth"), next(second, "auth")]);
        check(same(none, {}) && same(who, { who: "second" }), "auth");
        await carried(first);
        let wrong = 0;
        second.on("bcast", () => wrong += 1);
        first.emit("bcast", 1);
        await next(first, "bcast");
        await second.timeout(10000).emitWithAck("message-with-ack");
        check(wrong === 0, "apart");
        first.disconnect();
        check(await second.timeout(10000).emitWithAck("message-with-ack", "still") === "still", "the other goes on");
        second.disconnect();
    """,
    "a refusal has a message and data": """
        const guarded = open("/guarded", { auth: { token: "wrong" } });
        const [error] = await next(guarded, "connect_error");
        check(error.message === "not authorized" && same(error.data, { code: 1 }), error.message);
        const nowhere = open("/nowhere");
        check((await next(nowhere, "connect_error"))[0].message === "Invalid namespace", "invalid");
        const allowed = open("/guarded", { auth: { token: "secret" } });
        await next(allowed, "connect");
        allowed.disconnect();
    """,
    "rooms and broadcasts reach their members only": """
        const [a, b] = [open(), open()];
        await Promise.all([next(a, "auth"), next(b, "auth")]);
        await Promise.all([carried(a), carried(b)]);
        await a.timeout(10000).emitWithAck("join", "red");
        b.emit("room", "red", "hello", new Uint8Array([9]));
        check(same(await next(a, "room"), ["hello", new Uint8Array([9])]), "room");
        let own = 0;
        a.on("bcast", () => own += 1);
        a.emit("bcast-others", "x");
        await next(b, "bcast");
        await a.timeout(10000).emitWithAck("message-with-ack");
        check(own === 0, "not to oneself");
        a.disconnect();
        b.disconnect();
    """,
    "each disconnect has its reason": """
        const kicked = open();
        await next(kicked, "auth");
        kicked.emit("kick");
        check((await next(kicked, "disconnect"))[0] === "io server disconnect", "kick");
        check(!kicked.active, "stays away");
        const left = open();
        await next(left, "auth");
        const reason = next(left, "disconnect");
        left.disconnect();
        check((await reason)[0] === "io client disconnect", "left");
        kicked.connect();
        await next(kicked, "auth");
        kicked.disconnect();
    """,
    "events that are sent just before a disconnect are delivered": """
        const [a, b] = [open(), open("/", { transports: ["websocket"] })];
        await Promise.all([next(a, "auth"), next(b, "auth")]);
        const heard = [];
        b.on("bcast", (value) => heard.push(value));
        const end = next(b, "bcast");
        for (let number = 0; number < 20; number += 1) a.emit("bcast-others", number);
        a.disconnect();
        await end;
        for (let round = 0; round < 100 && heard.length < 20; round += 1) await new Promise((resolve) => setTimeout(resolve, 50));
        check(heard.join() === Array.from({ length: 20 }, (_, index) => index).join(), heard.join());
        b.disconnect();
    """,
}

HEARTBEAT = ["--ping-interval", "500", "--ping-timeout", "4000"]

with Server(executable, *HEARTBEAT) as server, start(name) as browser:
    page = browser.page(server.address)
    page.run("(async () => { globalThis.io = (await import('/socket.io/socket.io.esm.js')).default; })()")
    page.run(TOOLS)
    for rule, body in TESTS.items():
        try:
            page.run("(async () => {%s})()" % body.replace("CARRIER", CARRIER))
        except RuntimeError as error:
            raise AssertionError(f"{rule}: {error}")

    # Another origin, and a server with a small maximum payload: the client splits bursts into several payloads.
    with Server(executable, "--max-payload", "5000") as other:
        page.run("""(async () => {
            const socket = open("%s");
            await next(socket, "auth");
            const heard = [];
            socket.on("message", (text) => heard.push(text));
            for (let number = 0; number < 200; number += 1) socket.emit("message", `ä${number}`.repeat(40));
            for (let round = 0; round < 200 && heard.length < 200; round += 1) await new Promise((resolve) => setTimeout(resolve, 50));
            check(heard.length === 200 && heard.every((text, number) => text === `ä${number}`.repeat(40)), heard.length);
            socket.disconnect();
        })()""" % other.address)

    # The connection outlives several heartbeats, and the client reconnects after a restart of the server.
    page.run("globalThis.socket = open(); globalThis.ends = []; socket.on('disconnect', (reason) => ends.push(reason))")
    page.wait("socket.connected")
    page.run("globalThis.pings = 0; socket.io.on('ping', () => pings += 1)")
    page.wait("pings > 3")
    assert page.run("ends.length") == 0, page.run("ends.join()")
    page.run("globalThis.attempts = 0; socket.io.on('reconnect_attempt', () => attempts += 1)")
    server.kill()
    page.wait("ends.length === 1")
    page.run("socket.emit('message', 'said while away')")
    page.run("globalThis.back = next(socket, 'message'); 0")
    # Wait until at least one attempt has failed.
    page.wait("attempts > 1")
    server.start()
    page.wait("socket.connected")
    assert page.run("back.then(([value]) => value)") == "said while away"
    assert page.run("ends.length") == 1

    # A suspended server is detected by the missing heartbeat.
    server.process.send_signal(19)
    page.wait("ends.length === 2")
    assert page.run("ends[1]") == "ping timeout", page.run("ends[1]")
    server.process.send_signal(18)
    page.wait("socket.connected")
    page.run("socket.disconnect()")
    # A poll can reach the server after the close packet, when the sid is unknown.
    crossed = re.compile(r"status of 400 \(Bad Request\) http://127\.0\.0\.1:\d+/socket\.io/\?EIO=4&transport=polling&t=[^&]+&sid=")
    # Right after its suspension the loop of the server is late, so that the server refuses handshakes for a moment.
    late = re.compile(r"status of 503 .*[?&]EIO=4&transport=polling&t=[^&]+$|/socket\.io/\?EIO=4&transport=websocket.* response code: 503")
    tolerated = (*browser.unreachable, "favicon")
    complaints = [
        text for text in page.complaints()
        if not any(part in text for part in tolerated) and not crossed.search(text) and not late.search(text)
    ]
    assert complaints == [], complaints
print(f"browser client over {mode} in {browser.name}: passed")
