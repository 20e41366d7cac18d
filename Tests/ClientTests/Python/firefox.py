"""Headless Firefox, driven by WebDriver BiDi over its WebSocket; the interface is that of chromium.py.

Needs the package websocket-client, and no geckodriver. `scheme` is missing, because BiDi can't set it.
"""
import json
import os
import subprocess

from driver import Browser, Connection, Page

# Firefox sets most preferences for tests itself when it is driven. These preferences prevent throttling of pages in the background, and
# requests to other servers.
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


class Firefox(Browser):
    name = "Firefox"
    programs = ("firefox-esr", "firefox")
    package = "firefox-esr"
    listening = r"WebDriver BiDi listening on (ws://\S+)"
    # The errors that Firefox logs for a request without a server, or an aborted request; those of WebSockets are sentences.
    unreachable = ("NS_", "can’t establish a connection to the server at ws://", "was interrupted while the page was loading")

    def start(self, path):
        with open(os.path.join(self.profile, "user.js"), "w") as file:
            for preference, value in PREFERENCES.items():
                file.write(f"user_pref({json.dumps(preference)}, {json.dumps(value)});\n")
        return subprocess.Popen(
            [path, "--headless", "--no-remote", "--profile", self.profile, "--remote-debugging-port=0", "about:blank"],
            env={**self.environment, "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def connect(self, address):
        connection = Connection(f"{address}/session")
        connection.call("session.new", capabilities={})
        connection.call("session.subscribe", events=[
            "log.entryAdded", "network.beforeRequestSent", "network.responseCompleted", "network.fetchError"])
        return connection

    def new_page(self):
        context = self.connection.call("browser.createUserContext")["userContext"]
        tab = self.connection.call("browsingContext.create", type="tab", userContext=context)["context"]
        return FirefoxPage(self.connection, tab)


class FirefoxPage(Page):
    elsewhere = ("no such frame", "aborted")

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
        """Returns the value of a JavaScript expression; a promise is awaited."""
        answer = self.connection.call("script.evaluate", expression=expression, target={"context": self.context},
                                      awaitPromise=True, userActivation=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return local_value(answer["result"])

    def type(self, selector, text):
        """Types the code points of a text one by one."""
        self.focus(selector)
        self._keys(text)

    def press(self, key, code=13):
        self._keys({"Enter": "\ue007"}[key])

    def _keys(self, keys):
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.connection.call("input.performActions", context=self.context,
                             actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def screenshot(self, path):
        self.save(self.connection.call("browsingContext.captureScreenshot", context=self.context), path)

    def complaints(self):
        """Returns uncaught exceptions, errors that the browser or the page has logged, and failed requests."""
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
        """Returns the URLs of all requests, including WebSockets."""
        return [e["params"]["request"]["url"] for e in self._events() if e["method"] == "network.beforeRequestSent"]

    def _events(self):
        """Returns the events of this page so far."""
        self.run("0")
        def source(event):
            return event["params"].get("context") or event["params"].get("source", {}).get("context")
        return [event for event in self.connection.events if source(event) == self.context]


def local_value(remote):
    """Converts a value from the format of BiDi to Python."""
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
