"""New certificates while EchoServer runs: secure_reload.py EXECUTABLE."""
import os
import shutil
import signal
import socket
import ssl
import sys
import tempfile
import time

from server import SecureServer

executable = sys.argv[1]
source = SecureServer.certificates


def put(folder, certificate, key=None):
    """Replaces the files by renaming, as clients of ACME do."""
    for name, kind in ((key or certificate, "key"), (certificate, "pem")):
        path = os.path.join(folder, f"server.{kind}")
        shutil.copy(os.path.join(source, f"{name}.{kind}"), path + ".new")
        os.replace(path + ".new", path)


def connect(port):
    context = ssl.create_default_context(cafile=SecureServer.authority)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="localhost")


def serial(connection):
    return connection.getpeercert()["serialNumber"]


def ask(connection):
    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"ok"), answer


def await_change(port, old):
    for _ in range(200):
        with connect(port) as connection:
            if serial(connection) != old:
                return serial(connection)
        time.sleep(0.05)
    raise AssertionError("the certificate hasn't changed")


with tempfile.TemporaryDirectory() as folder:
    put(folder, "server")
    SecureServer.certificates = folder
    with SecureServer(executable) as server:
        old = connect(server.port)
        first = serial(old)
        ask(old)
        put(folder, "renewed")
        server.process.send_signal(signal.SIGHUP)
        second = await_change(server.port, first)
        # An open connection goes on with the certificate with which it began.
        ask(old)
        # A certificate that can't be used leaves the one before.
        put(folder, "expired")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        with connect(server.port) as connection:
            assert serial(connection) == second
            ask(connection)
        ask(old)
        old.close()
print("new certificates: passed")
