"""The dashboard of the chat room in a browser: dashboard.py EXECUTABLE BROWSER DIRECTORY [SECONDS].

The clients talk for SECONDS before the pictures are taken. The article shows dashboard-chromium.png and dashboard-dark.png of 70 seconds.
"""
import base64
import math
import sys
import threading
import urllib.error
import urllib.request

import socketio

from browsers import browser as start
from server import Server

executable, name, directory = sys.argv[1:4]
seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
PASSWORD = "correct horse"
HOSTILE = "<img src=x onerror=alert(1)>"
CELLS = "[...document.querySelectorAll('#%s tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('|'))"


class Client:
    """A client of python-socketio, which keeps what it receives."""

    def __init__(self, address, room, who, transport):
        self.socket = socketio.Client(reconnection=False)
        self.received = []
        self.arrived = threading.Condition()
        self.socket.on("*", lambda *event: self.note(event))
        self.socket.on("disconnect", lambda *reason: self.note(("disconnect",)))
        self.socket.connect(address, socketio_path=f"live/{room}", transports=[transport])
        self.socket.call("join", who)

    def note(self, event):
        with self.arrived:
            self.received.append(event)
            self.arrived.notify_all()

    def hears(self, event):
        with self.arrived:
            assert self.arrived.wait_for(lambda: event in self.received, 15), (event, self.received)


def get(url, **fields):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=fields), timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def choose(page, client):
    """Searches for a socket by its id, and shows its packets."""
    sid = client.socket.get_sid()
    page.run(f"document.querySelector('#query').value = {sid[:10]!r}; document.querySelector('#search').requestSubmit(); 0")
    page.wait(f"document.querySelectorAll('#list tr').length === 1 && document.querySelector('#list button').textContent === {sid!r}")
    page.run("document.querySelector('#list button').click(); 0")
    page.wait(f"document.querySelector('#facts dd')?.textContent === {sid!r} && document.querySelector('#chosen-state').textContent.startsWith('Live')")


def fill(page, **values):
    for field, text in values.items():
        page.run(f"document.querySelector('#emit-{field}').value = {text!r}; 0")
    page.run("document.querySelector('#emit-kind').dispatchEvent(new Event('change')); 0")


with Server(executable, "--dashboard", PASSWORD) as server, start(name) as browser:
    for path in ("", "/", "/dashboard.js", "/live/socket.io.esm.js", "/live/?EIO=4&transport=polling", "/nothing"):
        assert get(f"{server.address}/dashboard{path}") == 401, path
    credentials = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
    handshake = f"{server.address}/dashboard/live/?EIO=4&transport=polling"
    assert get(handshake, Authorization=credentials) == 200
    assert get(handshake, Authorization=credentials, Origin="https://evil.example") == 403, "a page of another site"
    assert get(handshake, Authorization=credentials, **{"Sec-Fetch-Site": "cross-site"}) == 403, "an image of another site"

    visitors = []
    for room, who, transport in (("lobby", "Ada", "0.9-websocket"), ("lobby", "Grace", "3-polling"), ("tea", "Åke", "0.6-xhr-polling")):
        visitor = browser.page(f"{server.address}/chat/{room}?name={who}&transport={transport}")
        visitor.wait("document.querySelector('#state').dataset.state === 'open'")
        visitors.append(visitor)
    polling = Client(server.address, "lobby", "Polly", "polling")
    webSocket = Client(server.address, "lobby", HOSTILE, "websocket")
    other = Client(server.address, "tea", "Teo", "websocket")

    page = browser.page(f"http://admin:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{server.port}/dashboard", width=1440, height=1300)
    page.wait("location.pathname === '/dashboard/'")
    page.wait("document.querySelector('#state-text').textContent === 'Live over WebSocket'")
    # The page isn't among the connections that it shows.
    page.wait("document.querySelector('#connections').textContent === '6'")
    shown = page.wait(f"(({CELLS % 'transports'}).length > 0) && {CELLS % 'transports'}")
    for transport in ("polling|", "websocket|", "xhr-polling|"):
        assert any(row.startswith(transport) for row in shown), shown
    shown = page.run(CELLS % "revisions")
    assert [row.split("|")[0].split(" ")[0] for row in shown] == ["0.6", "0.9", "3", "4"], shown
    assert [row.split("|")[-1] for row in shown] == ["1", "1", "1", "3"], shown
    page.wait(f"({CELLS % 'rooms'}).includes('lobby|/|4')")

    # The packets of one socket, in both directions, with what visitors write as text.
    choose(page, webSocket)
    webSocket.socket.call("say", HOSTILE)
    page.wait("[...document.querySelectorAll('#packets .in code')].some((code) => code.textContent.includes('\"say\"'))")
    page.wait("[...document.querySelectorAll('#packets .out code')].some((code) => code.textContent.includes('onerror'))")
    assert page.run("document.querySelectorAll('main img').length") == 0
    page.wait(f"({CELLS % 'handlers'}).some((row) => row.startsWith('say|'))")

    # An event for a room reaches those in the room only.
    fill(page, kind="room", target="lobby", event="news", arguments='["from the dashboard", {"big": 12345678901234567890}]')
    page.run("document.querySelector('#emit').requestSubmit(); 0")
    page.wait("document.querySelector('#emit-result').dataset.level === 'good'")
    news = ("news", "from the dashboard", {"big": 12345678901234567890})
    polling.hears(news)
    webSocket.hears(news)
    assert news not in other.received
    fill(page, kind="id", target=polling.socket.get_sid(), event="poke", arguments="[]")
    page.run("document.querySelector('#emit').requestSubmit(); 0")
    polling.hears(("poke",))
    assert ("poke",) not in webSocket.received
    fill(page, arguments="{}")
    page.run("document.querySelector('#emit').requestSubmit(); 0")
    page.wait("document.querySelector('#emit-result').textContent.startsWith('The arguments are a JSON array')")

    # A search by room, and one that finds nothing.
    page.run("document.querySelector('#query').value = 'tea'; document.querySelector('#search').requestSubmit(); 0")
    page.wait("document.querySelectorAll('#list tr').length === 2")
    page.run(f"document.querySelector('#query').value = {HOSTILE!r}; document.querySelector('#search').requestSubmit(); 0")
    page.wait("document.querySelectorAll('#list tr').length === 0 && !document.querySelector('#no-sockets').hidden")
    page.run("document.querySelector('#query').value = ''; document.querySelector('#search').requestSubmit(); 0")
    page.wait("document.querySelectorAll('#list tr').length === 6")

    # Pictures, while the clients talk.
    fill(page, kind="room", target="lobby", event="news", arguments='["hello, everybody"]')
    page.run("document.querySelector('#emit').requestSubmit(); 0")
    page.wait("document.querySelector('#emit-result').textContent.startsWith('Emitted')")
    stop = threading.Event()

    def talk():
        number = 0
        while not stop.wait(0.1 + 0.08 * math.sin(number / 30)):
            number += 1
            speaker = (polling, webSocket, other)[number % 3]
            if number % 12 == 1:
                speaker.socket.emit("say", f"line {number}: grüße, 😀")
            else:
                speaker.socket.emit("typing", number % 2 == 0)

    talking = threading.Thread(target=talk)
    talking.start()
    page.wait(f"document.querySelectorAll('#packets li').length >= 20 && document.querySelector('#chart .in').getAttribute('d').split('L').length > {seconds}", 40 + seconds)
    page.run("document.activeElement.blur(); scrollTo(0, 0)")
    page.screenshot(f"{directory}/dashboard-{name}.png")
    if name == "chromium":
        page.scheme("dark")
        page.screenshot(f"{directory}/dashboard-dark.png")
    page.resize(width=390, height=1800, scale=2, mobile=True)
    page.screenshot(f"{directory}/dashboard-phone-{name}.png")
    page.resize(width=320, height=568, mobile=True)
    width = page.run("document.documentElement.scrollWidth")
    assert width <= 320, width
    page.resize(width=1440, height=1300)
    stop.set()
    talking.join()

    # The end of a socket, after a question.
    page.run("document.querySelector('#disconnect').click(); 0")
    page.wait("document.querySelector('#confirm').open")
    page.run("document.querySelector('#confirm [value=yes]').click(); 0")
    webSocket.hears(("disconnect",))
    page.wait("document.querySelector('#chosen-state').textContent === 'Disconnected'")
    page.wait("document.querySelector('#connections').textContent === '5' || document.querySelector('#socket-count').textContent === '5'")
    for each in [page, *visitors]:
        assert each.complaints() == [], each.complaints()
    for client in (polling, other, webSocket):
        client.socket.disconnect()
print(f"the dashboard in {browser.name}: passed")
