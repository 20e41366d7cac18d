"""Hostile peers against EchoServer: attacks.py EXECUTABLE [NAME...].

Each attack checks the reaction of the server. After each attack the server must still answer, and at the end it must keep no
connection, socket or object of the attackers.
"""
import json
import sys
import time
import traceback

import attacks_http
import attacks_sessions
from raw import Raw, ask, eventually, joined
from server import Server


def statistics(server):
    return json.loads(ask(server, "/stats")[1])


def is_clean(server):
    numbers = statistics(server)
    # The connection of this request is counted.
    return numbers["connections"] <= 1 and not any([numbers["open"], numbers["sockets"], *numbers["objects"].values()])


executable, *names = sys.argv[1:]
with Server(executable, "--ping-interval", "300", "--ping-timeout", "300", "--deflate") as server:
    # Heads that are sent slowly: their timeout of ten seconds runs during all other attacks.
    slow = [Raw(server, timeout=15) for _ in range(28)]
    for number, raw in enumerate(slow):
        raw.send("GET / HTTP/1.1\r\nHost: x\r\nX: y"[: number + 1])
    failed = []
    for attack in attacks_http.ALL + attacks_sessions.ALL:
        if names and attack.__name__ not in names:
            continue
        start = time.monotonic()
        try:
            attack(server)
            assert ask(server, "/") == (200, b"ok"), "the server no longer answers"
        except Exception:
            failed.append(attack.__name__)
            traceback.print_exc(file=sys.stdout)
        print(f"{time.monotonic() - start:6.2f} s  {attack.__name__}", flush=True)
    with joined(server) as client:
        client.text('42["message","alive"]')
        assert client.next()[1] == b'42["message","alive"]'
    for raw in slow:
        assert b" 408 " in raw.all()[:20]
    eventually(lambda: is_clean(server), 12)
    assert not failed, failed
