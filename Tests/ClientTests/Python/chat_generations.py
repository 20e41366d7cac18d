"""Pages of all generations in one room of the chat: chat_generations.py EXECUTABLE."""
import sys

from chromium import Chromium
from server import Server

TODAY = ["upgrade", "jsonp", "3-polling", "3-jsonp", "0.9-htmlfile", "0.9-jsonp-polling", "0.6-xhr-multipart"]
OLD = ["websocket", "flashsocket", "htmlfile", "xhr-multipart", "xhr-polling", "jsonp-polling"]

with Server(sys.argv[1]) as server, Chromium() as browser:
    pages = {}
    for choice in TODAY:
        page = pages[choice] = browser.page(f"{server.address}/chat/all?name={choice}&transport={choice}")
        page.wait("document.querySelector('#state').dataset.state === 'open'")
    for transport in OLD:
        page = pages[f"2010 {transport}"] = browser.page(f"{server.address}/old/all?transport={transport}")
        page.wait(f"document.querySelector('#state').textContent === 'Connected over {transport}'")
    said = []
    for name, page in pages.items():
        text = f"grüße 😀 from {name}"
        said.append(text)
        button = "#say button" if name.startswith("2010") else "#composer button"
        page.run(f"document.querySelector('#text').value = '{text}'; document.querySelector('{button}').click()")
    for name, page in pages.items():
        for text in said:
            page.wait(f"document.querySelector('#log').textContent.includes('{text}')")
print(f"chat, {len(pages)} pages of four generations: passed")
