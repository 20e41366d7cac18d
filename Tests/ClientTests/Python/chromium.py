"""Headless Chromium, driven by the DevTools protocol over its WebSocket. Needs the package websocket-client."""
import re
import subprocess

from driver import Browser, Connection, Page


class Chromium(Browser):
    name = "Chromium"
    programs = ("chromium", "chromium-browser", "google-chrome")
    package = "chromium"
    listening = r"DevTools listening on (ws://\S+)"
    # The errors that Chromium logs for a request without a server, or an aborted request.
    unreachable = ("net::ERR_",)
    # Arguments in addition to the ordinary ones.
    more = ()

    def start(self, path):
        return subprocess.Popen(
            [path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--lang=en",
             "--remote-allow-origins=*", *self.more, "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def connect(self, address):
        self.base = re.match(r"ws://[^/]+", address).group(0)
        return Connection(address)

    def new_page(self):
        context = self.connection.call("Target.createBrowserContext")["browserContextId"]
        target = self.connection.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        return ChromiumPage(Connection(f"{self.base}/devtools/page/{target}"))


class ChromiumPage(Page):
    elsewhere = ("context", "navigated")

    def __init__(self, connection):
        self.connection = connection
        for domain in ("Page", "Runtime", "Log", "Network"):
            connection.call(f"{domain}.enable")

    def resize(self, width=1100, height=720, scale=1, mobile=False):
        self.connection.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                             deviceScaleFactor=scale, mobile=mobile)

    def scheme(self, name):
        """Sets the colour scheme: light or dark."""
        self.connection.call("Emulation.setEmulatedMedia",
                             features=[{"name": "prefers-color-scheme", "value": name}])

    def open(self, url):
        self.connection.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def close(self):
        self.connection.call("Page.close")

    def run(self, expression):
        """Returns the value of a JavaScript expression; a promise is awaited."""
        answer = self.connection.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
                                      userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def type(self, selector, text):
        """Types text as an input method does, which works for all characters."""
        self.focus(selector)
        self.connection.call("Input.insertText", text=text)

    def press(self, key, code=13):
        for kind in ("keyDown", "keyUp"):
            self.connection.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text="\r" if kind == "keyDown" else "",
                                 windowsVirtualKeyCode=code)

    def screenshot(self, path):
        self.save(self.connection.call("Page.captureScreenshot", format="png"), path)

    def complaints(self):
        """Returns uncaught exceptions, and errors that the browser or the page has logged."""
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
        """Returns the URLs of all requests, including WebSockets."""
        self.run("0")
        urls = [e["params"]["request"]["url"] for e in self.connection.events if e["method"] == "Network.requestWillBeSent"]
        return urls + [e["params"]["url"] for e in self.connection.events if e["method"] == "Network.webSocketCreated"]
