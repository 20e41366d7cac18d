"""One application over https and HTTP/2 in Chromium, while it restarts under load: whole_server.py EXECUTABLE.

Pages, an API, an upload, server-sent events and Socket.IO. The user stays signed in, and no request fails.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from chromium import Chromium
from server import SecureServer

executable = sys.argv[1]
certificates = SecureServer.certificates

# Eight loops of requests, a stream of events, and a socket; what they saw is in the variables.
LOAD = """
globalThis.answers = {}; globalThis.failures = []; globalThis.protocols = new Set();
globalThis.events = []; globalThis.greetings = []; globalThis.stopped = false;
globalThis.load = Promise.all([...Array(8).keys()].map(async () => {
    while (!globalThis.stopped) {
        // Chromium fails a request without sending it if the connection that it has chosen gets GOAWAY in that moment (net::ERR_FAILED).
        for (let attempt = 1; ; attempt += 1) {
            try {
                const answer = await fetch("/api/process", { cache: "no-store" });
                const { process } = await answer.json();
                globalThis.answers[process] = (globalThis.answers[process] ?? 0) + 1;
                break;
            } catch (error) {
                if (attempt < 3) continue;
                globalThis.failures.push(String(error));
                break;
            }
        }
    }
}));
globalThis.source = new EventSource("/events");
globalThis.source.addEventListener("process", (event) => globalThis.events.push(event.data));
import("/socket.io/socket.io.esm.js").then(({ default: io }) => {
    globalThis.socket = io("/", { reconnectionDelay: 50 });
    globalThis.socket.on("connect", async () => globalThis.greetings.push(await globalThis.socket.emitWithAck("whoami")));
});
null
"""


class TrustingChromium(Chromium):
    # The authority of the tests isn't one of the browser's.
    more = ("--ignore-certificate-errors",)


class Process:
    """The server and its successors, which inherit its output."""

    def __init__(self, folder):
        self.lines, self.condition = [], threading.Condition()
        arguments = [folder, f"{certificates}/server.pem", f"{certificates}/server.key"]
        self.process = subprocess.Popen([executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.condition:
                self.lines.append(line.rstrip())
                self.condition.notify_all()

    def listening(self, count):
        """The number of the process that listens as the `count`th, and its port."""
        def found():
            return [match for match in (re.match(r"listening (\d+) (\d+)", line) for line in self.lines) if match]
        with self.condition:
            assert self.condition.wait_for(lambda: len(found()) >= count, 30), self.lines
            match = found()[count - 1]
            return int(match[1]), int(match[2])


def sign_in(page, address, user="ada", password="correct horse"):
    page.open(f"{address}/notes/")
    page.wait("location.pathname === '/login'")
    page.type("[name=name]", user)
    page.type("[name=password]", password)
    page.run("document.querySelector('[name=remember]').click()")
    page.run("document.querySelector('form').requestSubmit()")


def is_signed_in(page):
    return page.wait("document.querySelector('#user')?.textContent === 'ada'")


with tempfile.TemporaryDirectory() as folder, TrustingChromium() as browser:
    server = Process(folder)
    processes = [server.listening(1)[0]]
    address = f"https://localhost:{server.listening(1)[1]}"
    page = browser.page(f"{address}/login")
    assert page.run("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"

    # A wrong password is refused; the right one leads back to the page that the browser asked for.
    sign_in(page, address, password="wrong")
    page.wait("document.body.textContent.includes('the name or the password is wrong')")
    sign_in(page, address)
    is_signed_in(page)
    assert page.run("location.pathname") == "/notes/"

    # A session of a browser that isn't signed in: neither page nor socket.
    stranger = browser.page(f"{address}/notes/")
    stranger.wait("location.pathname === '/login'")
    refused = stranger.run("""import("/socket.io/socket.io.esm.js").then(({ default: io }) => new Promise((resolve) => {
        const socket = io("/", { reconnection: false });
        socket.on("connect_error", (error) => resolve(error.message));
        socket.on("connect", () => resolve("connected"));
    }))""")
    assert refused == "sign in first", refused

    page.run(LOAD)
    page.wait("globalThis.greetings.length === 1 && globalThis.events.length === 1")
    for restart in range(3):
        before = page.run("Object.values(globalThis.answers).reduce((sum, count) => sum + count, 0)")
        page.wait(f"Object.values(globalThis.answers).reduce((sum, count) => sum + count, 0) > {before + 200}", 60)
        os.kill(processes[-1], signal.SIGUSR2)
        processes.append(server.listening(restart + 2)[0])
        # The events and the socket continue with the next process.
        page.wait(f"globalThis.events.at(-1) === '{processes[-1]}'", 30)
        page.wait(f"globalThis.greetings.at(-1) === 'ada {processes[-1]}'", 30)
    page.run("(async () => { globalThis.stopped = true; await globalThis.load; })()")
    answers, failures = page.run("globalThis.answers"), page.run("globalThis.failures")
    # Nothing else may fail.
    lost = [event["params"]["errorText"] for event in page.connection.events if event["method"] == "Network.loadingFailed"
            and event["params"]["type"] == "Fetch" and event["params"]["errorText"] not in ("net::ERR_FAILED", "net::ERR_ABORTED")]
    assert lost == [], lost
    assert failures == [] and sorted(map(int, answers)) == sorted(processes), (answers, failures)
    assert page.run("globalThis.events.length") == 4 and page.run("globalThis.greetings.length") == 4

    # The user of the first process is signed in to the fourth one, whose upload takes the token of a page of the first.
    size = page.run("""(async () => {
        const form = new FormData();
        form.append("picture", new File([new Uint8Array(300000).fill(7)], "a.png"));
        const token = document.querySelector("[name=csrf]").content;
        const answer = await fetch("/notes/picture", { method: "POST", body: form, headers: { "X-CSRF-Token": token } });
        return (await answer.json()).size;
    })()""")
    assert size == 300_000 == os.path.getsize(f"{folder}/picture"), size
    page.open(f"{address}/notes/")
    is_signed_in(page)

    # Signing out ends the session, here and on the user's other devices.
    other = browser.page(f"{address}/login")
    sign_in(other, address)
    is_signed_in(other)
    page.run("fetch('/logout', { method: 'POST' }).then((answer) => answer.url)")
    for signed_out in (page, other):
        signed_out.open(f"{address}/notes/")
        signed_out.wait("location.pathname === '/login'")

    os.kill(processes[-1], signal.SIGTERM)
    deadline = time.monotonic() + 20
    while os.path.exists(f"/proc/{processes[-1]}") and time.monotonic() < deadline:
        with open(f"/proc/{processes[-1]}/stat") as file:
            if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                break
        time.sleep(0.05)
    else:
        assert not os.path.exists(f"/proc/{processes[-1]}"), "the server didn't end"
    print(f"{sum(answers.values())} requests by {len(processes)} processes over https and HTTP/2: passed")
