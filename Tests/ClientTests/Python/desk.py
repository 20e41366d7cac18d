"""The ticket desk in a browser: desk.py EXECUTABLE BROWSER DIRECTORY. The pictures are DIRECTORY/desk-….png."""
import os
import re
import subprocess
import sys
import tempfile
import urllib.request

from browsers import browser as start
from server import Server, root

executable, name, directory = sys.argv[1:4]
executable = os.path.abspath(executable)
PASSWORD = "correct horse"
HOSTILE = "<img src=x onerror=alert(1)>"


class Desk(Server):
    """The desk with its data in a directory that is removed; a restart keeps them."""

    def start(self):
        self.process = subprocess.Popen(
            [executable, "--http-port", str(self.port), "--desk-data", self.arguments[0]],
            cwd=os.path.join(root, "Examples/Desk"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "GUST_SESSIONS_SECRET": "0123456789abcdef0123456789abcdef"})
        for line in self.process.stdout:
            match = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if match:
                break
        else:
            raise SystemExit("the desk ended before it listened")
        # Later output is read, so that it can't fill the pipe.
        subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)
        self.port = int(match[1])
        self.address = f"http://127.0.0.1:{self.port}"


def fill(page, **values):
    for field, text in values.items():
        page.type(f"[name={field}]", text)


def submit(page, selector="main form"):
    page.run(f"document.querySelector({selector!r}).requestSubmit(); 0")


def at(page, path):
    page.wait(f"location.pathname === {path!r} && document.readyState === 'complete'")


def sign_up(page, who):
    page.open(f"{desk.address}/signup")
    fill(page, name=who, password=PASSWORD)
    submit(page)
    at(page, "/tickets")
    page.wait(f"document.body.innerText.includes('Welcome, {who}!')")


with tempfile.TemporaryDirectory() as data, Desk(executable, data) as desk, start(name) as browser:
    # Versioned files may be kept for ever, others must be checked.
    text = urllib.request.urlopen(f"{desk.address}/signin").read().decode()
    versioned = re.search(r'href="(/static/desk\.css[^"]+)"', text)[1]
    with urllib.request.urlopen(desk.address + versioned.replace("&amp;", "&")) as response:
        assert "immutable" in response.headers["Cache-Control"], response.headers
    with urllib.request.urlopen(f"{desk.address}/static/desk.css") as response:
        assert "immutable" not in response.headers["Cache-Control"], response.headers

    ada, bob = browser.page(f"{desk.address}/signin", width=1000, height=800), browser.page(f"{desk.address}/signin")
    sign_up(ada, "ada")
    sign_up(bob, "bob")
    assert ada.run("[...document.querySelectorAll('nav a')].some((link) => link.textContent === 'Administration')")
    assert not bob.run("[...document.querySelectorAll('nav a')].some((link) => link.textContent === 'Administration')")

    # A ticket with a file; the list of the other one hears of it.
    bob.wait("performance.getEntriesByType('resource').some((entry) => entry.name.includes('/live/all'))")
    ada.open(f"{desk.address}/tickets/new")
    fill(ada, title="The tea is cold", text=f"It was hot.\n{HOSTILE}")
    ada.run("""(() => {
        const files = new DataTransfer();
        files.items.add(new File(["38 °C"], "tea.txt", { type: "text/plain" }));
        document.querySelector("[name=files]").files = files.files;
        return 0;
    })()""")
    ada.screenshot(os.path.join(directory, f"desk-new-{name}.png"))
    submit(ada)
    at(ada, "/tickets/1")
    assert ada.run("document.querySelector('.files a').textContent") == "tea.txt"
    assert ada.run("fetch(document.querySelector('.files a').href).then((answer) => answer.text())") == "38 °C"
    bob.wait("document.querySelector('#news').textContent.includes('The tea is cold by ada: open')")
    bob.screenshot(os.path.join(directory, f"desk-list-{name}.png"))

    # Both look at the ticket, and see each other and each other's comments.
    bob.run("document.querySelector('#news a').click(); 0")
    at(bob, "/tickets/1")
    for page in (ada, bob):
        page.wait("document.querySelector('#people').textContent === 'ada, bob'")
    bob.type("#comment textarea", f"Mine too. {HOSTILE}")
    submit(bob, "#comment")
    for page in (ada, bob):
        page.wait(f"document.querySelector('#comments li .text')?.textContent === {('Mine too. ' + HOSTILE)!r}")
        assert page.run("document.querySelectorAll('main img').length") == 0
    assert bob.run("document.querySelector('#comment textarea').value") == ""
    ada.screenshot(os.path.join(directory, f"desk-ticket-{name}.png"))

    # Closed by one, seen by the other.
    submit(bob, "form[action$='/closed']")
    ada.wait("document.querySelector('#state').textContent === 'closed'")

    # The server restarts: both stay signed in, and the pages go on.
    desk.stop()
    desk.start()
    for page in (ada, bob):
        page.wait("document.querySelector('#people').textContent === 'ada, bob'", 40)
    ada.type("#comment textarea", "Still here.")
    submit(ada, "#comment")
    bob.wait("[...document.querySelectorAll('#comments .text')].at(-1).textContent === 'Still here.'")

    # The administration is for administrators.
    bob.open(f"{desk.address}/admin")
    bob.wait("document.querySelector('h1').textContent === '403'")
    bob.screenshot(os.path.join(directory, f"desk-refused-{name}.png"))
    ada.open(f"{desk.address}/admin")
    submit(ada, "form[action='/admin/users/bob/admin']")
    ada.wait("document.body.innerText.includes('bob is an administrator')")
    ada.screenshot(os.path.join(directory, f"desk-admin-{name}.png"))

    # Signing out ends the sockets of the browser, in all of its pages.
    bob.open(f"{desk.address}/tickets/1")
    bob.wait("document.querySelector('#people').textContent.includes('bob')")
    bob.run("fetch('/signout', { method: 'POST' }).then((answer) => answer.status)")
    ada.open(f"{desk.address}/tickets/1")
    ada.wait("document.querySelector('#people').textContent === 'ada'")

    complaints = [text for page in (ada, bob) for text in page.complaints() if not re.search("403|401|503|CONNECTION_REFUSED|ERR_|/live/|WebSocket", text)]
    assert not complaints, complaints
