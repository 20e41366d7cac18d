"""python-socketio's server on uvicorn: socketio_server.py PORT [msgpack] [PATH]; port 0 picks a free one.

It prints its port, and runs until its input ends. python-engineio speaks Engine.IO 4 only.
"""
import socket
import sys

import socketio
import uvicorn

import stdin_end

port, *options = sys.argv[1:]
path = next((option for option in options if option.startswith("/")), "/socket.io")
serializer = "msgpack" if "msgpack" in options else "default"
sio = socketio.AsyncServer(async_mode="asgi", serializer=serializer, ping_interval=1, ping_timeout=5,
                           max_http_buffer_size=5_000_000)
auths = {}
environs = {}


def serve(namespace):
    """Registers the handlers of a namespace."""

    @sio.on("connect", namespace=namespace)
    async def connect(sid, environ, auth):
        if namespace == "/guarded" and (auth or {}).get("token") != "secret":
            raise socketio.exceptions.ConnectionRefusedError("not authorized", {"code": 1})
        auths[sid] = auth
        environs[sid] = environ
        # Sent in the handler, so behind the answer to CONNECT.
        await sio.emit("welcome", namespace, to=sid, namespace=namespace)

    @sio.on("disconnect", namespace=namespace)
    async def disconnect(sid, reason):
        await sio.emit("left", reason, namespace=namespace, skip_sid=sid)

    @sio.on("echo", namespace=namespace)
    async def echo(sid, *args):
        await sio.emit("echo", args, to=sid, namespace=namespace)

    @sio.on("message", namespace=namespace)
    async def message(sid, value):
        await sio.send(value, to=sid, namespace=namespace)

    @sio.on("back", namespace=namespace)
    async def back(sid, *args):
        # A tuple is several arguments, and None is none.
        return args if len(args) != 1 else args[0]

    @sio.on("nothing", namespace=namespace)
    async def nothing(sid, *_):
        return None

    @sio.on("ask", namespace=namespace)
    async def ask(sid, *args):
        answer = await sio.call("question", args, to=sid, namespace=namespace, timeout=5)
        await sio.emit("answered", [answer, type(answer).__name__], to=sid, namespace=namespace)

    @sio.on("auth", namespace=namespace)
    async def auth_of(sid):
        return auths[sid]

    @sio.on("request", namespace=namespace)
    async def request(sid):
        environ = environs[sid]
        return [environ["PATH_INFO"], environ["QUERY_STRING"], environ.get("HTTP_X_TOKEN")]

    @sio.on("join", namespace=namespace)
    async def join(sid, room):
        await sio.enter_room(sid, room, namespace=namespace)
        return "joined"

    @sio.on("room", namespace=namespace)
    async def room(sid, name, value):
        await sio.emit("room", value, room=name, namespace=namespace)

    @sio.on("broadcast", namespace=namespace)
    async def broadcast(sid, value):
        await sio.emit("broadcast", value, skip_sid=sid, namespace=namespace)

    @sio.on("kick", namespace=namespace)
    async def kick(sid):
        await sio.disconnect(sid, namespace=namespace)


for namespace in ["/", "/a", "/b", "/guarded"]:
    serve(namespace)

stdin_end.watch()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(port)))
listener.listen(128)
print(listener.getsockname()[1], flush=True)
app = socketio.ASGIApp(sio, socketio_path=path)
config = uvicorn.Config(app, ws="wsproto", log_level="error", ws_max_size=16 << 20)
uvicorn.Server(config).run(sockets=[listener])
