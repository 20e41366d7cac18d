"""Every generation over each of its transports, with the browser client of Gust: browser_matrix.py EXECUTABLE BROWSER [REVISION [TRANSPORT]]."""
import sys

from browsers import browser as start
from server import Server

executable, name, *only = sys.argv[1:]
ROWS = [(revision, transport) for revision, transports in {
    "4": ["polling", "websocket", "jsonp"],
    "3": ["polling", "websocket", "jsonp"],
    "0.9": ["websocket", "flashsocket", "htmlfile", "xhr-polling", "jsonp-polling"],
    "0.6": ["websocket", "flashsocket", "htmlfile", "xhr-multipart", "xhr-polling", "jsonp-polling"],
}.items() for transport in transports if only in ([], [revision], [revision, transport])]

TOOLS = """
globalThis.check = (is, what) => { if (!is) throw new Error(`not so: ${what}`); };
globalThis.next = (socket, name) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no ${name} came`)), 8000);
    socket.once(name, (...args) => resolve(args));
});
globalThis.open = (revision, transport, address = "/", more = {}) =>
    io(address, { revision, transports: [transport], forceNew: true, reconnectionDelay: 50, upgrade: false, ...more });
globalThis.same = (value, bytes) => value instanceof ArrayBuffer && [...new Uint8Array(value)].join() === bytes.join();
"""

# One connection: text, JSON, a long message, a burst, binary, acknowledgements, a reconnect, and a close by the server.
ROW = """(async () => {
    const socket = open("%(revision)s", "%(transport)s");
    await next(socket, "connect");
    check(socket.io.transportName === "%(transport)s", socket.io.transportName);
    const values = ["", "grüße 😀 \\ufffd", "a\\nb\\n\\nc", "\\u2028\\u2029 </script> \\" \\\\ \\\\n", "~m~3~m~x", "5:::x",
        "x\\n--socketio\\nContent-Type: a\\n\\nb", "--socketio\\n", "\\ufffd5\\ufffd", "+ & = %% ;", "aä😀".repeat(25000),
        "x".repeat(100000), { a: [1, { b: null }], c: "é" }, {}];
    if (!%(isFrame)s) values.push("nul \\0 nul");
    for (const value of values) {
        const answer = next(socket, "message");
        socket.send(value);
        const [back] = await answer;
        check(JSON.stringify(back) === JSON.stringify(value), `${JSON.stringify(value).slice(0, 50)} came back as ${JSON.stringify(back)?.slice(0, 50)}`);
    }
    const heard = [];
    socket.on("message", (text) => heard.push(text));
    for (let number = 0; number < 200; number += 1) socket.send(`${number}`);
    for (let round = 0; round < 300 && heard.length < 200; round += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    check(heard.length === 200 && heard.every((text, number) => text === `${number}`), `burst: ${heard.length}`);
    const generation = Number(socket.io.revision.name);
    if (generation >= 3) {
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        const answer = next(socket, "message");
        socket.emit("message", "ä", bytes, new Blob([bytes]));
        const [text, ...back] = await answer;
        check(text === "ä" && back.length === 2 && back.every((value) => same(value, bytes)), "bytes");
        const [large] = await socket.timeout(8000).emitWithAck("message-with-ack", [new Uint8Array(100000)]);
        check(large.byteLength === 100000, "many bytes");
        const guarded = open("%(revision)s", "%(transport)s", "/guarded", { auth: { token: "secret" } });
        await next(guarded, "connect");
        check((await guarded.timeout(8000).emitWithAck("get-auth")).token === "secret", "auth");
        guarded.disconnect();
    }
    if (generation === 0.9) {
        await new Promise((resolve) => socket.send("acknowledged by the library", resolve));
        const chat = open("0.9", "%(transport)s", "/chat");
        await next(chat, "connect");
        check(await chat.timeout(8000).emitWithAck("echo", "on an endpoint") === "on an endpoint", "an endpoint");
        chat.disconnect();
    }
    if (generation !== 0.6) {
        check(String(await socket.timeout(8000).emitWithAck("message-with-ack", "x")) === "x", "acknowledged");
    }
    // The client disconnects and connects again.
    socket.disconnect();
    check(!socket.connected, "disconnected");
    const again = next(socket, "connect");
    socket.connect();
    await again;
    // The server disconnects.
    const gone = next(socket, "disconnect");
    socket.send("__close__");
    if (generation < 3) await gone;
    socket.off();
    socket.disconnect();
    return "ok";
})()"""

# JSONP to another origin: all requests, including the first, must be scripts or form posts in frames.
ELSEWHERE = """(async () => {
    // The list of resource timings is limited to some hundred entries.
    performance.clearResourceTimings();
    const socket = open("%s", "%s", `http://localhost:${location.port}/`);
    await next(socket, "connect");
    const answer = next(socket, "message");
    socket.send("grüße from elsewhere");
    check((await answer)[0] === "grüße from elsewhere", "came back");
    const asked = performance.getEntriesByType("resource").filter(({ name }) => name.includes("//localhost:"));
    check(asked.length > 0 && asked.every(({ initiatorType }) => ["script", "iframe"].includes(initiatorType)),
        asked.map(({ name, initiatorType }) => `${initiatorType} ${name}`).join());
    socket.disconnect();
    return "ok";
})()"""

# The interface of the client of 2010.
LEGACY = """(async () => {
    const socket = new io.Socket(location.hostname, { port: location.port, transports: ["%s"], reconnectionDelay: 50 });
    const heard = [];
    socket.on("message", (message) => heard.push(message));
    const connected = next(socket, "connect");
    socket.send("queued").connect();
    await connected;
    check(socket.transport.type === "%s" && socket.connected, "connected");
    socket.send(["one", { two: 2 }]);
    for (let round = 0; round < 200 && heard.length < 3; round += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    check(JSON.stringify(heard) === '["queued","one",{"two":2}]', JSON.stringify(heard));
    const back = next(socket, "reconnect");
    socket.send("__close__");
    const [type] = await back;
    check(type === "%s" && socket.connected, "reconnected");
    const gone = next(socket, "disconnect");
    socket.disconnect();
    await gone;
    return "ok";
})()"""

failed = []
with Server(executable) as server, start(name) as browser:
    page = browser.page(server.address + "/users/1")
    page.run("import('/socket.io/socket.io.esm.js').then((module) => { globalThis.io = module.default; })")
    page.wait("typeof io === 'function'")
    page.run(TOOLS)
    rows = [(f"{r} {t}", ROW % {"revision": r, "transport": t, "isFrame": "false"}) for r, t in ROWS]
    rows += [(f"{r} {t} of another server", ELSEWHERE % (r, t)) for r, t in ROWS if "jsonp" in t]
    rows += [(f"0.6 {t}, the client of 2010", LEGACY % (t, t, t)) for r, t in ROWS if r == "0.6"]
    for row, body in rows:
        try:
            page.run(body)
            print(f"{row}: passed", flush=True)
        except Exception as error:
            failed.append(row)
            print(f"{row}: FAILED: {str(error)[:300]}", flush=True)
sys.exit(f"failed: {failed}" if failed else 0)
