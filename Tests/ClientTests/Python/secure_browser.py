"""The browser client of Gust in Chromium, over https and HTTP/2: secure_browser.py EXECUTABLE MODE."""
import json
import sys

from chromium import Chromium
from server import SecureServer

executable, mode = sys.argv[1:3]
OPTIONS = {
    "polling": {"transports": ["polling"], "upgrade": False},
    "websocket": {"transports": ["websocket"]},
    "upgrade": {"transports": ["polling", "websocket"]},
}[mode]
CARRIER = "polling" if mode == "polling" else "websocket"


class TrustingChromium(Chromium):
    # The authority of the tests isn't one of the browser's.
    more = ("--ignore-certificate-errors",)


with SecureServer(executable) as server, TrustingChromium() as browser:
    page = browser.page(server.address)
    protocol = page.run("performance.getEntriesByType('navigation')[0].nextHopProtocol")
    assert protocol == "h2", protocol
    page.run("(async () => { globalThis.io = (await import('/socket.io/socket.io.esm.js')).default; })()")
    page.run("globalThis.options = %s" % json.dumps(OPTIONS))
    page.run("""(async () => {
        const sockets = [1, 2, 3].map(() => io("/", { ...options, forceNew: true }));
        const heard = sockets.map(() => []);
        sockets.forEach((socket, index) => socket.on("message", (number) => heard[index].push(number)));
        for (let number = 0; number < 200; number += 1) for (const socket of sockets) socket.emit("message", number);
        const bytes = new Uint8Array(200000).fill(7);
        for (const [index, socket] of sockets.entries()) {
            const back = await socket.timeout(10000).emitWithAck("message-with-ack", bytes);
            if (back.byteLength !== 200000) throw new Error("not the same");
            if (heard[index].join() !== [...Array(200).keys()].join()) throw new Error(heard[index].join());
        }
        for (let round = 0; round < 200; round += 1) {
            if (sockets.every((socket) => socket.io.transportName === "CARRIER")) break;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const info = await sockets[0].timeout(10000).emitWithAck("info");
        if (info.transport !== "CARRIER") throw new Error(JSON.stringify(info));
        for (const socket of sockets) socket.disconnect();
    })()""".replace("CARRIER", CARRIER))
    protocols = page.run("""[...new Set(performance.getEntriesByType("resource")
        .filter((entry) => entry.name.includes("transport=polling")).map((entry) => entry.nextHopProtocol))].join()""")
    assert protocols == ("" if mode == "websocket" else "h2"), protocols
    # A body that is sent and received over HTTP/2.
    assert page.run("fetch('/upload', { method: 'POST', body: new Uint8Array(3000000) }).then((answer) => answer.text())") == "3000000"
    complaints = [text for text in page.complaints() if "favicon" not in text]
    assert complaints == [], complaints
print(f"browser client over {mode}, https and HTTP/2: passed")
