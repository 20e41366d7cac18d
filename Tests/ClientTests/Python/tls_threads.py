"""Makes the TLS sockets of Python safe for one thread that reads and one that writes.

OpenSSL allows only one call at a time, and Python keeps to that since 3.13 (python/cpython#124984). Without this module,
python-socketio loses packets of a WebSocket over TLS now and then.
"""
import select
import ssl
import threading

guard = threading.Lock()
locks = {}


def lock(socket):
    with guard:
        return locks.setdefault(id(socket), threading.Lock())


def wait(socket):
    """Waits until there is something to read; the lock isn't held meanwhile, so that the other thread can write."""
    if not socket.pending() and not select.select([socket], [], [], socket.gettimeout())[0]:
        raise TimeoutError("timed out")


def reading(original):
    def read(socket, *arguments):
        # A socket without TLS around it, or before the handshake.
        if socket._sslobj is None or socket.gettimeout() == 0:
            return original(socket, *arguments)
        wait(socket)
        with lock(socket):
            return original(socket, *arguments)
    return read


def writing(original):
    def write(socket, *arguments):
        with lock(socket):
            return original(socket, *arguments)
    return write


def install():
    ssl.SSLSocket.recv = reading(ssl.SSLSocket.recv)
    ssl.SSLSocket.recv_into = reading(ssl.SSLSocket.recv_into)
    ssl.SSLSocket.send = writing(ssl.SSLSocket.send)
