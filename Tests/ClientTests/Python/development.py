"""`gust new`, `serve --watch` and `routes` with a new package, and a browser: development.py GUST DIRECTORY.

The package is built in the build folder of the repository with the flags of scripts/test, so that SwiftPM uses the modules of Gust that are
there, and builds the few files of the package only.
"""
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from chromium import Chromium
from server import root

gust, pictures = sys.argv[1:]
FLAGS = ["--scratch-path", f"{root}/.build", "--ignore-lock", "--explicit-target-dependency-import-check", "error",
         "-Xswiftc", "-warnings-as-errors"]
BUILD = ["--build-arguments", " ".join(FLAGS)]
# What SwiftPM has noted about the last build of the repository; it is put back at the end, so that nothing is built again there.
NOTES = ["build.db", "debug.yaml", "plugin-tools.yaml", "workspace-state.json"]
directory = tempfile.mkdtemp(prefix="gust-development-")
package = os.path.join(directory, "hello-site")
site = os.path.join(package, "Sources/hello-site/Site.swift")


def run(*arguments, status=0, cwd=package):
    result = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, timeout=400)
    text = result.stdout + result.stderr
    assert result.returncode == status, f"{shlex.join(arguments)} ended with {result.returncode}:\n{text}"
    return result.stdout if status == 0 else text


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def read(path):
    with open(path) as file:
        return file.read()


def new():
    """A new package builds, and passes its tests; wrong names and directories with files are refused."""
    for name, reason in [("1st", "begins with a letter"), ("my site", "letters from A to Z"), ("é", "begins with a letter"), ("class", "a word of Swift"),
                         ("Gust", "the name of something else"), ("x" * 65, "at most 64")]:
        assert reason in run(gust, "new", name, status=1, cwd=directory), name
        assert os.listdir(directory) == [], name
    run(gust, "new", "hello-site", "--gust", root, cwd=directory)
    before = read(site)
    assert "isn't empty" in run(gust, "new", "hello-site", "--gust", root, status=1, cwd=directory)
    assert read(site) == before
    run("swift", "build", "--build-tests", *FLAGS)
    run("swift", "test", "--skip-build", *FLAGS)
    # The text on the pages is that of the templates, and no name of the sample is left.
    assert subprocess.run(["grep", "-rniE", "HelloGust|GustDependency|GustAddress", package], capture_output=True).returncode == 1


def routes():
    """The routes as a table and as JSON, with their places; a mistake in a route is shown."""
    table = run(gust, "routes", *BUILD)
    assert re.search(r"^GET +/about +about +hello_site/Site.swift:\d+$", table, re.M), table
    assert "around all routes: Compress, SecureHeaders, Sessions" in table.replace("ReloadingPages, ", ""), table
    document = json.loads(run(gust, "routes", "--json", *BUILD))
    assert {"/", "/about"} <= {route["pattern"] for route in document["routes"]}, document


class Serve:
    """`gust serve`, and the lines that it writes."""

    def __init__(self):
        self.process = subprocess.Popen([gust, "serve", "--watch", "--port", "0", *BUILD], cwd=package,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.condition = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()
        self.url = self.wait_for(r"^gust: builds the application for (http://127.0.0.1:\d+)/$")[1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def read(self):
        for line in self.process.stdout:
            with self.condition:
                self.lines.append(line.rstrip())
                self.condition.notify_all()
        with self.condition:
            self.lines.append("(end)")
            self.condition.notify_all()

    def wait_for(self, pattern, since=0, seconds=300):
        with self.condition:
            def match():
                return next((found for found in (re.search(pattern, line) for line in self.lines[since:]) if found), None)
            assert self.condition.wait_for(lambda: match() or "(end)" in self.lines, seconds) and match(), \
                f"{pattern!r} didn't come:\n" + "\n".join(self.lines)
            return match()

    def get(self, path, accept="*/*"):
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def children(self):
        """The numbers of the processes of the application."""
        text = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout
        return [int(number) for number in text.split()]


class Events:
    """What a page gets; it connects again as a browser does."""

    def __init__(self, serve):
        self.serve = serve
        self.seen = []
        self.condition = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                with urllib.request.urlopen(self.serve.url + "/_gust/events", timeout=60) as response:
                    for line in response:
                        with self.condition:
                            self.seen.append(line.decode().rstrip())
                            self.condition.notify_all()
            except OSError:
                pass
            if self.serve.process.poll() is not None:
                return
            time.sleep(0.05)

    def wait_for(self, pattern, since=0, seconds=120):
        with self.condition:
            def found():
                return any(re.search(pattern, line) for line in self.seen[since:])
            assert self.condition.wait_for(found, seconds), f"{pattern!r} didn't come: {self.seen[since:]}"

    def processes(self):
        with self.condition:
            return [self.seen[index + 1] for index, line in enumerate(self.seen[:-1]) if line == "event: process"]


class Load:
    """A client that opens a connection every 10 ms, each for one request."""

    def __init__(self, serve):
        self.serve = serve
        self.failures = []
        self.answers = 0
        self.longest = 0.0
        self.is_stopped = False
        self.threads = []
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.is_stopped:
            thread = threading.Thread(target=self.request)
            thread.start()
            self.threads.append(thread)
            time.sleep(0.01)

    def request(self):
        start = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", self.serve.port), 60) as connection:
                connection.settimeout(60)
                connection.sendall(b"GET /about HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                response = b""
                while piece := connection.recv(65_536):
                    response += piece
            assert response.startswith(b"HTTP/1.1 200 ") and b"</html>" in response, response[:200]
            self.answers += 1
        except Exception as error:
            self.failures.append(f"{type(error).__name__}: {error}")
        self.longest = max(self.longest, time.monotonic() - start)

    def stop(self):
        self.is_stopped = True
        self.thread.join()
        for thread in self.threads:
            thread.join(90)
        assert not self.failures, self.failures[:5]
        assert self.answers == len(self.threads)


def serve(browser):
    """A change is built while the old process answers; nothing is refused; mistakes leave the old process."""
    running = Serve()
    try:
        # The first request waits for the first build.
        status, page = running.get("/", "text/html")
        assert status == 200 and '<script src="/_gust/reload.js" data-process="' in page, page
        status, page = running.get("/abuot", "text/html")
        assert status == 404 and "<code>/about</code>" in page, page
        events = Events(running)
        events.wait_for("^event: process")
        page = browser.page(running.url + "/about")
        process = page.run("document.querySelector('script[data-process]').dataset.process")
        text = read(site)
        anchor = "    return app\n"

        # A change, under load.
        load = Load(running)
        write(site, text.replace(anchor, '    app.get("/version") { _ in "two" }\n' + anchor))
        events.wait_for("^event: building")
        assert running.get("/version")[0] == 404, "the old process answers while the new one is built"
        while running.get("/version") != (200, "two"):
            time.sleep(0.05)
        load.stop()
        print(f"{load.answers} connections during a rebuild, none refused, the longest took {load.longest:.2f} s")
        end = time.monotonic() + 10
        while len(set(events.processes())) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(set(events.processes())) == 2, events.seen
        page.wait(f"document.querySelector('script[data-process]')?.dataset.process !== '{process}'")

        # A build error: the old process goes on, and the page shows the error.
        since, seen = len(running.lines), len(events.seen)
        write(site, text.replace(anchor, '    app.get("/version") { _ in three }\n' + anchor))
        running.wait_for("gust: the build failed; the process before runs on", since)
        running.wait_for("Site.swift:.*error: cannot find 'three' in scope", since)
        events.wait_for("^data: .*error: cannot find 'three' in scope", seen)
        page.wait("document.querySelector('#gust-note')?.textContent.includes(\"error: cannot find 'three' in scope\")")
        page.screenshot(f"{pictures}/development-build-error.png")
        assert running.get("/version") == (200, "two")

        # A program that ends before it listens.
        since, seen = len(running.lines), len(events.seen)
        write(site, text.replace(anchor, '    app.get("/version") { (_, number: Int) in "\\(number)" }\n' + anchor))
        running.wait_for("gust: the application ended with status 1 before it listened.*the process before runs on", since)
        running.wait_for("the handler takes 1 capture, the pattern has 0", since)
        events.wait_for("^data: the application ended with status 1", seen)
        assert running.get("/version") == (200, "two")

        # A template and a stylesheet need no build.
        since, seen = len(running.lines), len(events.seen)
        about = os.path.join(package, "Templates/about.mustache")
        write(about, read(about).replace("<h1>About</h1>", "<h1>Tea</h1>"))
        events.wait_for("^data: Templates/about.mustache$", seen)
        assert "<h1>Tea</h1>" in running.get("/about")[1]
        page.wait("document.querySelector('h1')?.textContent === 'Tea'")
        page.run("window.isKept = true")
        style = os.path.join(package, "public/site.css")
        write(style, read(style) + "p { color: green }\n")
        events.wait_for("^data: public/site.css$", seen)
        assert "green" in running.get("/static/site.css")[1]
        page.wait("getComputedStyle(document.querySelector('p')).color === 'rgb(0, 128, 0)'")
        assert page.run("window.isKept"), "a stylesheet is exchanged without a reload"
        page.open(running.url + "/abuot?token=hush")
        page.wait("document.querySelectorAll('h2').length > 0")
        page.screenshot(f"{pictures}/development-not-found.png")
        assert not any("built in" in line for line in running.lines[since:])

        # Ctrl-C.
        children = running.children()
        assert len(children) == 1, children
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0, running.lines[-20:]
        assert_ended(children)
    finally:
        running.process.kill()

    # Nothing runs, and the first build fails: a page has the errors, and tries again.
    write(site, text.replace(anchor, '    app.get("/version") { _ in three }\n' + anchor))
    running = Serve()
    try:
        status, page = running.get("/", "text/html")
        assert status == 503 and "cannot find 'three' in scope" in page and 'http-equiv="refresh"' in page, page
        assert running.get("/")[1].startswith("The application doesn't run.")
        write(site, text)
        while running.get("/about")[0] != 200:
            time.sleep(0.05)
        # The kernel ends the application if the command is killed.
        children = running.children()
        assert len(children) == 1, children
    finally:
        running.process.kill()
    if sys.platform == "linux":
        assert_ended(children)


def assert_ended(processes, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(is_alive(process) for process in processes):
            return
        time.sleep(0.02)
    raise AssertionError(f"{processes} run on")


def is_alive(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def copy_notes(source, target):
    for name in NOTES:
        if os.path.exists(os.path.join(source, name)):
            shutil.copy2(os.path.join(source, name), os.path.join(target, name))


notes = tempfile.mkdtemp(prefix="gust-notes-")
copy_notes(f"{root}/.build", notes)
try:
    new()
    routes()
    with Chromium() as browser:
        serve(browser)
finally:
    copy_notes(notes, f"{root}/.build")
    shutil.rmtree(notes)
    shutil.rmtree(directory, ignore_errors=True)
