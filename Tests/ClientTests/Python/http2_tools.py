"""curl, nghttp and h2load against EchoServer over HTTP/2: http2_tools.py EXECUTABLE."""
import os
import re
import subprocess
import sys

from server import SecureServer

executable = sys.argv[1]


def run(*arguments):
    result = subprocess.run(arguments, capture_output=True, timeout=60)
    assert result.returncode == 0, f"{arguments}: {result.returncode} {result.stderr.decode(errors='replace')}"
    return result.stdout


def curl(*arguments):
    return run("curl", "--silent", "--show-error", "--cacert", SecureServer.authority, *arguments).decode()


with SecureServer(executable) as server:
    address = server.address
    assert curl("--http2", "--write-out", " %{http_version} %{scheme}", address).lower() == "ok 2 https"
    assert curl("--http1.1", "--write-out", " %{http_version}", address) == "ok 1.1"
    assert curl("--http2", f"{address}/users/42") == "42"
    assert curl("--http2", "--tls-max", "1.2", "--write-out", " %{http_version}", address) == "ok 2"
    assert curl("--http2", "--head", f"{address}/json").startswith("HTTP/2 200")
    body = b"x" * 5_000_000
    upload = subprocess.run(["curl", "--silent", "--http2", "--cacert", SecureServer.authority, "--data-binary", "@-",
                             f"{address}/upload"], input=body, capture_output=True, timeout=60)
    assert upload.stdout == b"5000000", upload
    # Files of `public`, which are read piece by piece over TLS.
    with open("public/socket.io.js", "rb") as file:
        content = file.read()
    for version in ("--http2", "--http1.1"):
        assert run("curl", "--silent", version, "--cacert", SecureServer.authority,
                   f"{address}/static/socket.io.js") == content, version
        part = curl(version, "--range", "100-299", f"{address}/static/socket.io.js")
        assert part.encode() == content[100:300], version
    handshake = curl("--http2", f"{address}/socket.io/?EIO=4&transport=polling")
    assert handshake.startswith('0{"sid":'), handshake

    # A transport of 0.9 that streams its packets in one response without end; curl ends it after a second.
    sid = curl("--http2", f"{address}/socket.io/1/").split(":")[0]
    stream = subprocess.Popen(["curl", "--silent", "--http2", "--no-buffer", "--max-time", "1", "--cacert", SecureServer.authority,
                               f"{address}/socket.io/1/htmlfile/{sid}"], stdout=subprocess.PIPE)
    packets = b""
    while b"1::" not in packets:
        more = os.read(stream.stdout.fileno(), 65536)
        assert more, packets
        packets += more
    assert curl("--http2", "--header", "Content-Type: text/plain", "--data-binary", "3:::over HTTP/2",
                f"{address}/socket.io/1/htmlfile/{sid}") == "1"
    packets += stream.stdout.read()
    stream.wait()
    assert b"3:::over HTTP/2" in packets, packets

    # Several requests on one connection, with priorities.
    text = run("nghttp", "-n", "-s", "-m", "20", address).decode()
    assert text.count(" 200 ") == 20, text

    text = run("h2load", "-n", "2000", "-c", "4", "-m", "64", address).decode()
    assert "2000 succeeded, 0 failed, 0 errored" in text, text
    assert re.search(r"Application protocol: h2", text), text

    # A plain request on the port of TLS is answered, and nothing is lost.
    plain = subprocess.run(["curl", "--silent", f"http://localhost:{server.port}/"], capture_output=True, timeout=20)
    assert b"https://" in plain.stdout, plain
    assert curl("--http2", address) == "ok"
print("curl, nghttp and h2load: passed")
