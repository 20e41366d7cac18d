"""Headless Firefox, driven by WebDriver BiDi over its WebSocket; the face is that of chromium.py.

Needs the package websocket-client, and no geckodriver. What one can't ask of Firefox so is left out: `scheme`.
"""
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

import websocket

# Firefox sets what tests need by itself once it is driven. These keep pages in the background at full speed, and the
# browser away from any server but ours.
PREFERENCES = {
    "dom.min_background_timeout_value": 4,
    "dom.min_background_timeout_value_without_budget_throttling": 4,
    "dom.timeout.enable_budget_timer_throttling": False,
    "dom.suspend_inactive.enabled": False,
    "dom.ipc.processPrelaunch.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,",
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.server": "data:,",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "intl.accept_languages": "en",
}


class Firefox:
    """One browser process with a profile of its own."""

    name = "Firefox"
    # What it says of a request that found no server, or was given up; of WebSockets in words.
    unreachable = ("NS_", "can’t establish a connection to the server at ws://", "was interrupted while the page was loading")

    def __init__(self):
        path = next((p for p in map(shutil.which, ("firefox-esr", "firefox")) if p), None)
        if path is None:
            raise SystemExit("Firefox is missing: apt-get install firefox-esr (make test does)")
        self.profile = tempfile.mkdtemp(prefix="chatroom-")
        with open(os.path.join(self.profile, "user.js"), "w") as file:
            for preference, value in PREFERENCES.items():
                file.write(f"user_pref({json.dumps(preference)}, {json.dumps(value)});\n")
        self.process = subprocess.Popen(
            [path, "--headless", "--no-remote", "--profile", self.profile, "--remote-debugging-port=0", "about:blank"],
            env={**os.environ, "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            self.connection = Connection(f"{self._wait_for_address()}/session")
            self.connection.call("session.new", capabilities={})
            self.connection.call("session.subscribe", events=[
                "log.entryAdded", "network.beforeRequestSent", "network.responseCompleted", "network.fetchError"])
        except BaseException:
            self.close()
            raise

    def _wait_for_address(self):
        for line in self.process.stderr:
            match = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
            if match:
                # Whatever it says later must not fill the pipe.
                subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)
                return match.group(1)
        raise SystemExit("Firefox ended before it listened")

    def page(self, url, **size):
        """A page in a browser context of its own: storage and cookies are not shared."""
        context = self.connection.call("browser.createUserContext")["userContext"]
        tab = self.connection.call("browsingContext.create", type="tab", userContext=context)["context"]
        page = Page(self.connection, tab)
        page.resize(**size)
        page.open(url)
        return page

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Connection:
    """Commands and their answers, of all pages; events are kept."""

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
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]
            self.events.append(message)


class Page:
    def __init__(self, connection, context):
        self.connection = connection
        self.context = context

    def resize(self, width=1100, height=720, scale=1, mobile=False):
        self.connection.call("browsingContext.setViewport", context=self.context,
                             viewport={"width": width, "height": height}, devicePixelRatio=scale)

    def open(self, url):
        self.connection.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def close(self):
        self.connection.call("browsingContext.close", context=self.context)

    def run(self, expression):
        """The value of a JavaScript expression; promises are awaited."""
        answer = self.connection.call("script.evaluate", expression=expression, target={"context": self.context},
                                      awaitPromise=True, userActivation=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return local_value(answer["result"])

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
                if "no such frame" not in str(error) and "aborted" not in str(error):
                    raise
            if time.monotonic() > deadline:
                raise AssertionError(f"not true within {seconds} s: {expression}\n{self.describe()}")
            time.sleep(0.05)

    def type(self, selector, text):
        """Types one code point after the other."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self._keys(text)

    def press(self, key, code=13):
        self._keys({"Enter": "\ue007"}[key])

    def _keys(self, keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.connection.call("input.performActions", context=self.context,
                             actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def screenshot(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            answer = self.connection.call("browsingContext.captureScreenshot", context=self.context)
            file.write(base64.b64decode(answer["data"]))

    def complaints(self):
        """Uncaught exceptions, what the browser or the page logged as an error, and requests that failed."""
        found = []
        for event in self._events():
            details = event["params"]
            if event["method"] == "log.entryAdded" and details["level"] == "error":
                found.append(details["text"])
            elif event["method"] == "network.responseCompleted" and details["response"]["status"] >= 400:
                response = details["response"]
                found.append(f"status of {response['status']} ({response['statusText']}) {response['url']}")
            elif event["method"] == "network.fetchError":
                found.append(f"{details['errorText']} {details['request']['url']}")
        return found

    def requests(self):
        """The URLs that were asked for, WebSockets among them."""
        return [e["params"]["request"]["url"] for e in self._events() if e["method"] == "network.beforeRequestSent"]

    def _events(self):
        """What happened in this page so far."""
        self.run("0")
        def source(event):
            return event["params"].get("context") or event["params"].get("source", {}).get("context")
        return [event for event in self.connection.events if source(event) == self.context]

    def describe(self):
        try:
            return f"{self.run('document.body.innerText')[:2000]}\n{self.complaints()}"
        except RuntimeError as error:
            return str(error)


def local_value(remote):
    """A value as BiDi writes it, in Python."""
    value = remote.get("value")
    match remote["type"]:
        case "array":
            return [local_value(item) for item in value]
        case "object":
            return {key: local_value(item) for key, item in value}
        case "number" if isinstance(value, str):
            return float(value.replace("Infinity", "inf"))
        case _:
            return value
