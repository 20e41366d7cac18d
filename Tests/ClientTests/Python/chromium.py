"""Headless Chromium, driven by the DevTools protocol over its WebSocket. Needs the package websocket-client."""
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

import websocket


class Chromium:
    """One browser process with a profile of its own."""

    name = "Chromium"
    # What it says of a request that found no server, or was given up.
    unreachable = ("net::ERR_",)

    def __init__(self):
        path = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
        if path is None:
            raise SystemExit("Chromium is missing: apt-get install chromium (make test does)")
        self.profile = tempfile.mkdtemp(prefix="chatroom-")
        self.process = subprocess.Popen(
            [path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--lang=en",
             "--remote-allow-origins=*", "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.address = self._wait_for_address()
        self.connection = Connection(self.address)

    def _wait_for_address(self):
        for line in self.process.stderr:
            match = re.search(r"DevTools listening on (ws://\S+)", line)
            if match:
                # Whatever it says later must not fill the pipe.
                subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)
                return match.group(1)
        raise SystemExit("Chromium ended before it listened")

    def page(self, url, **size):
        """A page in a browser context of its own: storage and cookies are not shared."""
        context = self.connection.call("Target.createBrowserContext")["browserContextId"]
        target = self.connection.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        base = re.match(r"ws://[^/]+", self.address).group(0)
        page = Page(Connection(f"{base}/devtools/page/{target}"))
        page.resize(**size)
        page.open(url)
        return page

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Connection:
    """Commands and their answers; events are kept."""

    def __init__(self, address):
        self.socket = websocket.create_connection(address, timeout=30, suppress_origin=True)
        self.number = 0
        self.events = []

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)


class Page:
    def __init__(self, connection):
        self.connection = connection
        for domain in ("Page", "Runtime", "Log", "Network"):
            connection.call(f"{domain}.enable")

    def resize(self, width=1100, height=720, scale=1, mobile=False):
        self.connection.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                             deviceScaleFactor=scale, mobile=mobile)

    def scheme(self, name):
        """light or dark"""
        self.connection.call("Emulation.setEmulatedMedia",
                             features=[{"name": "prefers-color-scheme", "value": name}])

    def open(self, url):
        self.connection.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def close(self):
        self.connection.call("Page.close")

    def run(self, expression):
        """The value of a JavaScript expression; promises are awaited."""
        answer = self.connection.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
                                      userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def wait(self, expression, seconds=20):
        """Waits until an expression is true; gives its value."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value = self.run(expression)
                if value:
                    return value
            except RuntimeError as error:
                # While it goes elsewhere, a page can't be asked.
                if "context" not in str(error) and "navigated" not in str(error):
                    raise
            if time.monotonic() > deadline:
                raise AssertionError(f"not true within {seconds} s: {expression}\n{self.describe()}")
            time.sleep(0.05)

    def type(self, selector, text):
        """Types as an input method does, so any character will do."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.connection.call("Input.insertText", text=text)

    def press(self, key, code=13):
        for kind in ("keyDown", "keyUp"):
            self.connection.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text="\r" if kind == "keyDown" else "",
                                 windowsVirtualKeyCode=code)

    def screenshot(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.connection.call("Page.captureScreenshot", format="png")["data"]))

    def complaints(self):
        """Uncaught exceptions, and what the browser or the page logged as an error."""
        self.run("0")
        found = []
        for event in self.connection.events:
            details = event.get("params", {})
            if event["method"] == "Runtime.exceptionThrown":
                exception = details["exceptionDetails"]
                found.append(exception.get("exception", {}).get("description") or exception["text"])
            elif event["method"] == "Log.entryAdded" and details["entry"]["level"] == "error":
                found.append(details["entry"]["text"] + " " + details["entry"].get("url", ""))
            elif event["method"] == "Runtime.consoleAPICalled" and details["type"] == "error":
                found.append(str([a.get("value") or a.get("description") for a in details["args"]]))
        return found

    def requests(self):
        """The URLs that were asked for, WebSockets among them."""
        self.run("0")
        urls = [e["params"]["request"]["url"] for e in self.connection.events if e["method"] == "Network.requestWillBeSent"]
        return urls + [e["params"]["url"] for e in self.connection.events if e["method"] == "Network.webSocketCreated"]

    def describe(self):
        try:
            return f"{self.run('document.body.innerText')[:2000]}\n{self.complaints()}"
        except RuntimeError as error:
            return str(error)
