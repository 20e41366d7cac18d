"""The chat room in a browser: chatroom.py EXECUTABLE BROWSER MODE ARTEFACTS. All pages use one transport."""
import sys

import socketio

from browsers import browser as start
from server import Server

executable, name, mode, artefacts = sys.argv[1:5]
CARRIER = {"polling": "polling", "websocket": "WebSocket", "upgrade": "WebSocket"}[mode]
UNICODE = "grüße, 😀 👩‍👩‍👧 \u200f\ufffd <b>not bold</b>"
WORDS = "[...document.querySelectorAll('.line:not(.pending):not(.failed) .words')].map(words => words.textContent)"


def say(page, text):
    page.type("#text", text)
    page.press("Enter")


def hears(page, text, seconds=20):
    page.wait(f"{WORDS}.at(-1) === {text!r}", seconds)


def connected(page, seconds=20):
    page.wait(f"document.querySelector('#state-text').textContent === 'Connected over {CARRIER}'", seconds)


def here(page, *names):
    page.wait(f"[...document.querySelectorAll('#people bdi')].map(name => name.textContent).join() === {','.join(names)!r}")


with Server(executable) as server, start(name) as browser:
    room = f"{server.address}/chat/room-{mode}?transport={mode}"
    ada = browser.page(f"{room}&name=Ada")
    connected(ada)
    bob = browser.page(f"{room}&name=Bob")
    connected(bob)
    for page in (ada, bob):
        here(page, "Ada", "Bob")
    uses_polling = [any("transport=polling" in url for url in page.requests()) for page in (ada, bob)]
    assert uses_polling == [mode != "websocket"] * 2, uses_polling

    # Each page receives the lines of the other, as text and in order.
    say(ada, "Hello, Bob!")
    hears(bob, "Hello, Bob!")
    say(bob, UNICODE)
    hears(ada, UNICODE)
    assert ada.run("document.querySelectorAll('.words b').length") == 0
    for number in range(20):
        say(ada, f"line {number}")
    hears(bob, "line 19")
    assert bob.run(WORDS)[-20:] == [f"line {number}" for number in range(20)]

    # Both pages send at the same time: each page shows every line once, in the order of the server.
    for page, letter in ((ada, "a"), (bob, "b")):
        page.run("""(async () => {
            for (let number = 0; number < 30; number += 1) {
                document.querySelector("#text").value = `%s${number}`;
                document.querySelector("#composer").requestSubmit();
                await new Promise((resolve) => setTimeout(resolve, 5));
            }
        })(); 0""" % letter)
    for page in (ada, bob):
        page.wait(f"{WORDS}.length === 82 && document.querySelectorAll('.pending, .failed').length === 0")
    eve = socketio.SimpleClient()
    eve.connect(server.address, socketio_path=f"live/room-{mode}")
    order = [line["text"] for line in eve.call("join", "Eve")["lines"]]
    eve.disconnect()
    for page in (ada, bob):
        assert page.run(WORDS) == order, (page.run(WORDS), order)
    here(ada, "Ada", "Bob")

    # A page shows who is writing while the events are repeated (one may be lost), and no longer when the text is empty.
    ada.wait("document.querySelector('#typing').textContent === 'Bob is writing…'", meanwhile=lambda: bob.type("#text", "w"))
    bob.run("document.querySelector('#text').value = ''; document.querySelector('#text').dispatchEvent(new Event('input'))")
    ada.wait("document.querySelector('#typing').textContent === ''")

    # A script joins the room too; its name is in use, so it gets another one.
    script = socketio.SimpleClient()
    script.connect(server.address, socketio_path=f"live/room-{mode}")
    welcome = script.call("join", "Ada")
    assert welcome["name"] == "Ada 2", welcome
    assert [line["text"] for line in welcome["lines"]][:2] == ["Hello, Bob!", UNICODE], welcome
    here(bob, "Ada", "Bob", "Ada 2")
    script.call("say", "I am a script.")
    hears(bob, "I am a script.")
    assert "error" in script.call("say", " \n"), "an empty line is refused"
    assert "error" in script.call("say", "x" * 2001), "a long line is refused"
    assert "error" in script.call("join", "x" * 33), "a long name is refused"
    script.disconnect()
    here(ada, "Ada", "Bob")

    # The server restarts: the pages show it, and lines that are written meanwhile are sent afterwards.
    server.kill()
    for page in (ada, bob):
        page.wait("document.querySelector('#state').dataset.state !== 'open'")
    say(ada, "Are you still there?")
    assert ada.run("document.querySelectorAll('.pending').length") == 1
    server.start()
    for page in (ada, bob):
        connected(page, 40)
    hears(bob, "Are you still there?")
    ada.wait("document.querySelectorAll('.pending, .failed').length === 0")
    assert ada.run(WORDS)[:2] == ["Hello, Bob!", UNICODE], "lines from before the restart stay on the page"
    say(bob, "Yes.")
    hears(ada, "Yes.")

    # A page that is closed is removed from the list at once.
    bob.close()
    here(ada, "Ada")
    # The browser logs failed requests while the server is stopped; there must be no other errors.
    complaints = [text for text in ada.complaints() if not any(part in text for part in browser.unreachable)]
    assert complaints == [], complaints
    ada.screenshot(f"{artefacts}/chat-{mode}-{name}.png")
print(f"chat over {mode} in {browser.name}: passed")
