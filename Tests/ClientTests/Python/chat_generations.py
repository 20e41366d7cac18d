"""All clients in one room of the chat: chat_generations.py EXECUTABLE BROWSER.

A page for each choice of the transport picker (four generations), a page of the client of 2010 for each of its transports,
and python-socketio.
"""
import sys

import socketio

from browsers import browser as start
from server import Server

executable, name = sys.argv[1:3]


def choices(page, selector):
    return page.run(f"[...document.querySelector('{selector}').options].map((option) => option.value)")


with Server(executable) as server, start(name) as browser:
    script = socketio.SimpleClient()
    script.connect(server.address, socketio_path="live/all")
    assert script.call("join", "script")["name"] == "script"

    def today(choice):
        page = browser.page(f"{server.address}/chat/all?name={choice}&transport={choice}")
        page.wait("document.querySelector('#state').dataset.state === 'open'")
        return page

    def old(transport):
        page = browser.page(f"{server.address}/old/all?transport={transport}")
        page.wait(f"document.querySelector('#state').textContent === 'Connected over {transport}'")
        return page

    pages = {"upgrade": today("upgrade"), "2010 websocket": old("websocket")}
    new, transports = choices(pages["upgrade"], "#transport"), choices(pages["2010 websocket"], "#transport")
    assert len(new) >= 18 and len(transports) == 6, (new, transports)
    pages.update({choice: today(choice) for choice in new if choice not in pages})
    pages.update({f"2010 {transport}": old(transport) for transport in transports if f"2010 {transport}" not in pages})

    said = ["grüße 😀 from a script"]
    assert "error" not in script.call("say", said[0])
    for name, page in pages.items():
        said.append(f"grüße 😀 from {name}")
        button = "#say button" if name.startswith("2010") else "#composer button"
        page.run(f"document.querySelector('#text').value = '{said[-1]}'; document.querySelector('{button}').click()")
    for name, page in pages.items():
        for text in said:
            page.wait(f"document.querySelector('#log').textContent.includes('{text}')")
    heard = {said[0]}
    while heard != set(said):
        event, *arguments = script.receive(20)
        if event == "line":
            heard.add(arguments[0]["text"])
    script.disconnect()
print(f"chat, {len(pages)} pages of four generations in {browser.name}, and a script: passed")
