"""The chat room in headless Chromium: chatroom.py BASE MODE ARTEFACTS. Two pages see each other over one transport mode."""
import sys

from chromium import Chromium

base, mode, artefacts = sys.argv[1:4]
SAY = "document.getElementById('text').value = {!r}; document.getElementById('say').requestSubmit();"
CARRIER = {"polling": "polling", "websocket": "websocket", "upgrade": "websocket"}[mode]
UNICODE = "grüße, 😀 👩‍👩‍👧 \u200f\ufffd <b>not bold</b>"

with Chromium() as browser:
    ada = browser.page(f"{base}/chat/room-{mode}?transport={mode}&name=Ada")
    bob = browser.page(f"{base}/chat/room-{mode}?transport={mode}&name=Bob")
    for page in (ada, bob):
        page.wait("document.getElementById('text') && !document.getElementById('text').disabled")
        page.wait(f"socket.io.transportName === {CARRIER!r}")
        page.wait("document.getElementById('count').textContent === '2'")
        page.wait(f"document.getElementById('state').textContent.includes({CARRIER!r})")

    # Each sees what the other says, as text and in order.
    ada.evaluate(SAY.format("Hello, Bob!"))
    bob.wait("[...document.querySelectorAll('.text')].some(p => p.textContent === 'Hello, Bob!')")
    bob.evaluate(SAY.format(UNICODE))
    ada.wait(f"[...document.querySelectorAll('.text')].at(-1).textContent === {UNICODE!r}")
    assert ada.evaluate("document.querySelector('.lines b + b, .text b') === null"), "a line became HTML"

    # Typing is noticed, and forgotten.
    bob.evaluate("document.getElementById('text').value = 'x'; document.getElementById('text').dispatchEvent(new Event('input'));")
    ada.wait("document.getElementById('typing').textContent === 'Bob is typing …'")
    bob.evaluate("document.getElementById('text').value = ''; document.getElementById('text').dispatchEvent(new Event('input'));")
    ada.wait("document.getElementById('typing').textContent === ''")

    # Who comes later gets what was said before.
    for line in ("Nice wind today.", "Every client since 2010 can talk to it, they say."):
        ada.evaluate(SAY.format(line))
    eve = browser.page(f"{base}/chat/room-{mode}?transport={mode}&name=Eve")
    eve.wait("document.querySelectorAll('.text').length === 4")
    ada.wait("document.getElementById('count').textContent === '3'")
    eve.evaluate(SAY.format("I read it all."))
    ada.wait("document.querySelectorAll('.text').length === 5")

    ada.screenshot(f"{artefacts}/chat-{mode}.png")
    ada.resize(390, 780, 2, dark=True)
    ada.wait("document.querySelectorAll('.text').length === 5")
    ada.screenshot(f"{artefacts}/chat-{mode}-phone-dark.png")
    eve.call("Page.close")
    bob.wait("document.getElementById('count').textContent === '2'", seconds=60)
    for page in (ada, bob):
        assert page.errors == [], page.errors
print(f"chat over {mode}: passed")
