"""The common parts of the browser drivers: a process with its own profile, commands over a WebSocket, a page."""
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

import websocket

from server import root


class Browser:
    """One browser process; a subclass defines how it is started, and the line that it prints when it listens."""

    # The names of the program, and the package that contains it.
    programs = ()
    package = ""
    # A regular expression for the line on stderr, with the address as its group.
    listening = ""

    def __init__(self):
        places = os.pathsep.join([os.path.join(root, ".browsers/bin"), os.environ["PATH"]])
        path = next((p for p in (shutil.which(program, path=places) for program in self.programs) if p), None)
        if path is None:
            raise SystemExit(f"{self.name} is missing: apt-get install {self.package} (make test does)")
        self.profile = tempfile.mkdtemp(prefix="gust-")
        # Temporary files are removed with the profile.
        self.environment = {**os.environ, "TMPDIR": self.profile}
        self.process = self.start(path)
        try:
            self.connection = self.connect(self._wait_for_address())
        except BaseException:
            self.close()
            raise

    def _wait_for_address(self):
        for line in self.process.stderr:
            match = re.search(self.listening, line)
            if match:
                # Later output is read, so that it can't fill the pipe.
                subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)
                return match.group(1)
        raise SystemExit(f"{self.name} ended before it listened")

    def page(self, url, **size):
        """Opens a page in its own browser context, so that storage and cookies are not shared."""
        page = self.new_page()
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
    """Sends commands and awaits their results; events are kept in `events`."""

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
                    raise RuntimeError(f"{method}: {message['error']} {message.get('message', '')}")
                return message["result"]
            self.events.append(message)


class Page:
    # Texts in errors of evaluation while the page navigates.
    elsewhere = ()
    # Texts in the TypeErrors of Chromium and Firefox for an element that a new document doesn't have yet.
    absent = ("properties of null", "is null")

    def wait(self, expression, seconds=20, meanwhile=lambda: None):
        """Waits until an expression is true and returns its value; calls `meanwhile` each time that it isn't."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value = self.run(expression)
                if value:
                    return value
            except RuntimeError as error:
                if not any(words in str(error) for words in (*self.elsewhere, *self.absent)):
                    raise
            if time.monotonic() > deadline:
                raise AssertionError(f"not true within {seconds} s: {expression}\n{self.describe()}")
            meanwhile()
            time.sleep(0.05)

    def focus(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")

    def save(self, picture, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))

    def describe(self):
        try:
            return f"{self.run('document.body.innerText')[:2000]}\n{self.complaints()}"
        except RuntimeError as error:
            return str(error)
