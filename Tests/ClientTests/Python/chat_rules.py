"""The rules of the chat room, tested without a browser: chat_rules.py EXECUTABLE."""
import os
import subprocess
import sys
import threading

import requests
import socketio

from server import Server, root

executable = sys.argv[1]


def visitor(server, room, name, key=None):
    client = socketio.SimpleClient()
    client.connect(server.address, socketio_path=f"live/{room}", transports=["websocket"])
    return client, client.call("join", (name, key) if key else name)


def pages(server):
    home = requests.get(server.address)
    assert home.status_code == 200 and "Nobody is here yet" in home.text
    room = requests.get(f"{server.address}/chat/lobby")
    for page in (home, room):
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "<script>" not in page.text and " on" + "click=" not in page.text and "style=" not in page.text
    for path in ("/chat/Lobby", "/chat/a_b", "/chat/" + "a" * 41, "/chat/a/b", "/chat/%3Cscript%3E", "/static/../Package.swift"):
        assert requests.get(server.address + path).status_code == 404, path
    for typed, place in [("Tea & Cake", "/chat/tea-cake"), ("lobby", "/chat/lobby"), ("  --x--  ", "/chat/x"), ("ü", "/"),
                         ("", "/"), ("//evil.example", "/chat/evil-example"), ("a" * 99, "/chat/" + "a" * 40)]:
        answer = requests.get(f"{server.address}/chat", params={"room": typed}, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, place), (typed, answer.headers)


def client_file(server):
    for name in ("socket.io.js", "socket.io.esm.js"):
        url = f"{server.address}/live/lobby/{name}"
        answer = requests.get(url)
        assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip", answer.headers
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.content == open(os.path.join(root, "public", name), "rb").read()
        assert requests.get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def names_and_lines(server):
    ada, welcome = visitor(server, "rules", "  Ada \n Lovelace ")
    assert welcome == {"name": "Ada Lovelace", "people": {"version": 1, "names": ["Ada Lovelace"]}, "lines": []}, welcome
    bob, welcome = visitor(server, "rules", "Ada Lovelace")
    assert welcome["name"] == "Ada Lovelace 2"
    assert ada.receive(10) == ["people", {"version": 2, "names": ["Ada Lovelace", "Ada Lovelace 2"]}]
    assert bob.call("join", "Bob")["people"]["names"] == ["Ada Lovelace", "Bob"], "joining again changes the name"
    for name in ("", " \t", "x" * 33, "👩‍👩‍👧" * 33):
        assert "1 to 32" in bob.call("join", name)["error"], name
    assert bob.call("join", "👩‍👩‍👧" * 5)["name"] == "👩‍👩‍👧" * 5, "the length of a name is counted in graphemes"
    for text in ("", " \n", "x" * 2001, "e" + "\u0301" * 8001):
        assert "1 to 2,000" in ada.call("say", text)["error"]
    for wrong in (7, None, ["x"], {"text": "x"}):
        assert "error" in ada.call("say", wrong), wrong
    last = 0
    for number in range(105):
        line = ada.call("say", f"line {number}")
        assert line["who"] == "Ada Lovelace" and line["at"] > last
        last = line["at"]
    eve, welcome = visitor(server, "rules", "Eve")
    assert [line["text"] for line in welcome["lines"]] == [f"line {number}" for number in range(5, 105)]
    stranger = socketio.SimpleClient()
    stranger.connect(server.address, socketio_path="live/rules", transports=["websocket"])
    assert stranger.call("say", "x") == {"error": "Join a room first."}
    other, welcome = visitor(server, "rules-2", "Ada Lovelace")
    assert welcome["name"] == "Ada Lovelace" and welcome["lines"] == [], "lines stay in their room"
    assert "<span class=\"room-name\">rules</span>" in requests.get(server.address).text
    for client in (ada, bob, eve, stranger, other):
        client.disconnect()


def comes_back(server):
    first, _ = visitor(server, "keys", "Ada", "secret")
    second, welcome = visitor(server, "keys", "Ada", "secret")
    assert welcome["name"] == "Ada" and welcome["people"]["names"] == ["Ada"], "a second connection with the same key has the same name"
    third, welcome = visitor(server, "keys", "Ada", "other")
    assert welcome["name"] == "Ada 2" and "secret" not in str(welcome)
    first.disconnect()
    people = second.call("join", "Ada", timeout=10)["people"]
    assert people["names"] == ["Ada", "Ada 2"], f"{people}: the end of the old connection doesn't remove the visitor"
    for client in (second, third):
        client.disconnect()


def many_rooms(server):
    """At most 200 rooms are kept; empty rooms are removed first."""
    for number in range(220):
        client, welcome = visitor(server, f"many-{number}", "Ada")
        assert "error" not in welcome, welcome
        client.call("say", f"in {number}")
        client.disconnect()
    for number, lines in ((219, 1), (0, 0)):
        client, welcome = visitor(server, f"many-{number}", "Eve")
        assert len(welcome["lines"]) == lines, (number, welcome)
        client.disconnect()


def bounds_of_one_visitor(server):
    """One address can open 20 rooms at once, and a visitor can rejoin 20 times a minute."""
    clients = []
    for number in range(20):
        client, welcome = visitor(server, f"greedy-{number}", "Ada")
        assert "error" not in welcome, welcome
        clients.append(client)
    client, welcome = visitor(server, "greedy-20", "Ada")
    assert welcome == {"error": "You are in too many rooms; leave one first."}, welcome
    clients.append(client)
    client, welcome = visitor(server, "greedy-0", "Bob")
    assert welcome["name"] == "Bob", "a room that is already open can be joined"
    for number in range(20):
        assert client.call("join", f"Bob {number}")["name"] == f"Bob {number}"
    assert client.call("join", "Bob") == {"error": "You have joined too often; wait a minute."}
    for each in clients + [client]:
        each.disconnect()


def floods(server):
    """A flood of events ends the connection; a burst such as that of a reconnecting page doesn't."""
    ended = threading.Event()
    client = socketio.Client(reconnection=False)
    client.on("disconnect", lambda reason: ended.set())
    client.connect(server.address, socketio_path="live/flood", transports=["websocket"], wait_timeout=10)
    client.call("join", "Ada", timeout=10)
    for _ in range(150):
        client.emit("typing", True)
    assert client.call("say", "still here", timeout=10)["text"] == "still here"
    try:
        for _ in range(400):
            client.emit("typing", True)
    except socketio.exceptions.BadNamespaceError:
        pass  # The client has already been disconnected.
    assert ended.wait(10), "a flood doesn't end the connection"
    other, welcome = visitor(server, "flood", "Bob")
    assert welcome["people"]["names"] == ["Bob"], "a disconnected visitor has left the room"
    other.disconnect()


def rooms_named_like_urls(server):
    """The name of a room can equal a path segment in URLs of older generations."""
    for room in ("1", "2", "websocket", "htmlfile", "flashsocket", "xhr-polling", "jsonp-polling", "xhr-multipart"):
        for transport in ("polling", "websocket"):
            client = socketio.SimpleClient()
            client.connect(server.address, socketio_path=f"live/{room}", transports=[transport])
            assert client.call("join", "Ada", timeout=5)["name"].startswith("Ada"), (room, transport)
            client.disconnect()
        answer = requests.get(f"{server.address}/live/{room}/1/")
        assert answer.status_code == 200 and answer.text.count(":") == 3, answer.text
        sid = answer.text.split(":")[0]
        assert requests.get(f"{server.address}/live/{room}/1/xhr-polling/{sid}").text == "1::"
        join = '5:1+::{"name":"join","args":["Bob"]}'
        assert requests.post(f"{server.address}/live/{room}/1/xhr-polling/{sid}", data=join).text == "1"
        assert '"name":"Bob"' in requests.get(f"{server.address}/live/{room}/1/xhr-polling/{sid}").text
        requests.get(f"{server.address}/live/{room}/1/xhr-polling/{sid}/?disconnect=1")
        answer = requests.get(f"{server.address}/live/{room}/xhr-polling//1")
        assert answer.status_code == 200 and answer.text.startswith("~m~26~m~"), answer.text
    assert requests.get(f"{server.address}/live/?EIO=4&transport=polling").status_code == 404
    assert requests.get(f"{server.address}/live?EIO=4&transport=polling").status_code == 404


with Server(executable) as server:
    pages(server)
    client_file(server)
    names_and_lines(server)
    comes_back(server)
    many_rooms(server)
    bounds_of_one_visitor(server)
    floods(server)
    rooms_named_like_urls(server)
    # A second server on the same port fails with an error message.
    second = subprocess.run([executable, "--port", str(server.port)], cwd=root, capture_output=True, text=True, timeout=30)
    assert second.returncode != 0 and second.stderr, second
# HOST and PORT set the address.
with Server(executable) as free:
    port = free.port
environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port)}
process = subprocess.Popen([executable], cwd=root, env=environment, stdout=subprocess.PIPE, text=True)
line = process.stdout.readline()
process.terminate()
assert process.wait(20) == 0 and line == f"The chat room is open: http://127.0.0.1:{port}/\n", line
print("the chat room's rules: passed")
