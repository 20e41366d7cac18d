"""The metrics of EchoServer, read by the parsers of Prometheus' client for Python: metrics.py EXECUTABLE."""
import sys
import time
import urllib.error
import urllib.request

import socketio
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from server import Server

OPENMETRICS = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5"


def scrape(server, accept):
    request = urllib.request.Request(server.address + "/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request) as response:
        return response.headers["Content-Type"], response.read().decode()


def samples(families):
    return {(sample.name, *sorted(sample.labels.items())): sample.value for family in families for sample in family.samples}


server = Server(sys.argv[1], "--metrics", "--no-auth")
try:
    client = socketio.Client()
    client.connect(server.address)
    for number in range(3):
        assert client.call("message-with-ack", f"text {number}") is not None
    for number in range(50):
        client.emit(f"made up {number}\n\"", number)
    # The client drops what it hasn't sent when it disconnects, so an acknowledgement tells that the server has all events.
    assert client.call("message-with-ack", "last") is not None
    try:
        urllib.request.urlopen(server.address + "/missing?token=secret")
    except urllib.error.HTTPError as error:
        assert error.code == 404
    client.disconnect()
    deadline = time.monotonic() + 20
    while True:
        kind, text = scrape(server, "text/plain")
        if "socketio_closed_connections_total" in text:
            break
        assert time.monotonic() < deadline, text
        time.sleep(0.2)
    assert kind == "text/plain; version=0.0.4; charset=utf-8", kind
    plain = samples(parse_text(text))
    kind, open_text = scrape(server, OPENMETRICS)
    assert kind == "application/openmetrics-text; version=1.0.0; charset=utf-8", kind
    families = {family.name: family for family in parse_openmetrics(open_text)}
    opened = samples(families.values())
    assert {key[0] for key in plain} == {key[0] for key in opened}, {key[0] for key in plain} ^ {key[0] for key in opened}
    assert families["socketio_handler_duration_seconds"].type == "histogram"
    assert families["socketio_handler_duration_seconds"].unit == "seconds"
    events = {dict(key[1:])["event"] for key in opened if key[0] == "socketio_handler_duration_seconds_count"}
    assert "other" in events and not any("made" in event for event in events), events
    named = ("socketio_handler_duration_seconds_count", ("event", "message-with-ack"), ("namespace", "/"))
    assert opened[named] == 4, opened[named]
    other = ("socketio_handler_duration_seconds_count", ("event", "other"), ("namespace", "/"))
    assert opened[other] == 50, opened[other]
    assert opened[("socketio_upgrades_total", ("outcome", "completed"))] == 1
    # python-socketio closes the WebSocket behind its DISCONNECT, which it doesn't always send before.
    reasons = {dict(key[1:])["reason"]: value for key, value in opened.items() if key[0] == "socketio_disconnects_total"}
    assert reasons in ({"client namespace disconnect": 1}, {"transport close": 1}), reasons
    missing = ("http_server_requests_total", ("method", "GET"), ("route", "none"), ("status", "4xx"))
    assert opened[missing] == 1
    assert "secret" not in open_text
    print(text)
    server.stop()
finally:
    server.kill()
