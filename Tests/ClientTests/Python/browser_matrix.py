"""Every generation over every transport in Chromium, with our client: browser_matrix.py EXECUTABLE [REVISION [TRANSPORT]]."""
import sys

from chromium import Chromium
from server import Server

executable, *only = sys.argv[1:]
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
globalThis.open = (revision, transport) =>
    io("/", { revision, transports: [transport], forceNew: true, reconnectionDelay: 50, upgrade: false });
"""

# One page, one connection: text, JSON, a long message, a burst, the server's close, and coming back.
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
    if (socket.io.revision.name !== "0.6") {
        check(String(await socket.timeout(8000).emitWithAck("message-with-ack", "x")) === "x", "acknowledged");
    }
    // It ends by the client, and begins anew.
    socket.disconnect();
    check(!socket.connected, "disconnected");
    const again = next(socket, "connect");
    socket.connect();
    await again;
    // It ends by the server.
    const gone = next(socket, "disconnect");
    socket.send("__close__");
    if (Number(socket.io.revision.name) < 3) await gone;
    socket.off();
    socket.disconnect();
    return "ok";
})()"""

# The face of 2010.
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
with Server(executable) as server, Chromium() as browser:
    page = browser.page(server.address + "/users/1")
    page.run("import('/socket.io/socket.io.esm.js').then((module) => { globalThis.io = module.default; })")
    page.wait("typeof io === 'function'")
    page.run(TOOLS)
    rows = [(f"{r} {t}", ROW % {"revision": r, "transport": t, "isFrame": "false"}) for r, t in ROWS]
    rows += [(f"0.6 {t}, the client of 2010", LEGACY % (t, t, t)) for r, t in ROWS if r == "0.6"]
    for name, body in rows:
        try:
            page.run(body)
            print(f"{name}: passed", flush=True)
        except Exception as error:
            failed.append(name)
            print(f"{name}: FAILED: {str(error)[:300]}", flush=True)
sys.exit(f"failed: {failed}" if failed else 0)
