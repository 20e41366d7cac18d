"""Takes pictures of the chat room: picture.py EXECUTABLE DIRECTORY. The README shows chatroom.png."""
import sys

from chromium import Chromium
from server import Server

executable, directory = sys.argv[1:3]


def say(page, text, others):
    page.type("#text", text)
    page.press("Enter")
    for other in others:
        other.wait(f"document.querySelector('#log').innerText.includes({text!r})")


with Server(executable) as server, Chromium() as browser:
    room = f"{server.address}/chat/lobby"
    pages = []
    for name, transport in (("Ada", "upgrade"), ("Grace", "polling"), ("Åke", "websocket")):
        page = browser.page(f"{room}?name={name}&transport={transport}")
        page.wait("document.querySelector('#state').dataset.state === 'open'")
        pages.append(page)
    ada, grace, ake = pages
    say(grace, "Hello! Is anybody here? 👋", pages)
    say(ada, "Yes, hello. I came over a WebSocket, and you?", pages)
    say(grace, "Polling. The server doesn't mind.", pages)
    say(grace, "It is the same room, whatever carries us.", pages)
    say(ake, "Καλημέρα, доброе утро, שלום – every script is welcome too.", pages)
    say(ada, "🎉", pages)
    ada.wait("document.querySelector('#state-text').textContent === 'Connected over WebSocket'")
    grace.type("#text", "And")
    ada.wait("document.querySelector('#typing').textContent === 'Grace is writing…'")
    ada.run("document.activeElement.blur()")
    for page in pages:
        assert page.complaints() == [], page.complaints()
    ada.screenshot(f"{directory}/chatroom.png")
    ada.scheme("dark")
    ada.screenshot(f"{directory}/chatroom-dark.png")
    ada.resize(width=390, height=780, scale=2, mobile=True)
    ada.screenshot(f"{directory}/chatroom-phone-dark.png")
    ada.scheme("light")
    ada.screenshot(f"{directory}/chatroom-phone.png")
    # No page is wider than a small phone, even with a very long word; the page of 2010 receives all lines when it joins.
    say(grace, "averylongword" * 30, [ada])
    old = browser.page(f"{server.address}/old/lobby")
    old.wait("document.querySelector('#log').textContent.includes('averylongword')")
    for page in (ada, old):
        page.resize(width=320, height=568, mobile=True)
        assert page.run("document.documentElement.scrollWidth") == 320, page.run("location.pathname")
    old.resize()
    old.screenshot(f"{directory}/chatroom-2010.png")
    home = browser.page(server.address)
    home.screenshot(f"{directory}/chatroom-home.png")
    home.type("#name", "Eve")
    home.run("document.querySelector('#room').value = 'Tea & Cake'")
    home.run("setTimeout(() => document.querySelector('#enter button').click()); 0")
    home.wait("location.pathname === '/chat/tea-cake'")
    home.wait("document.querySelector('#people')?.innerText.includes('Eve')")
    assert home.complaints() == [], home.complaints()
print("pictures taken")
