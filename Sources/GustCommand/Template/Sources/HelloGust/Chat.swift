import Gust

/// A Socket.IO endpoint: whatever one visitor says, all others see.
func chat() -> SocketIO {
    let io = SocketIO()
    io.onConnect { socket in
        socket.on("say") { (text: String) in
            socket.broadcast.emit("said", text)
            // The value of a handler is the acknowledgement.
            return text.utf8.count
        }
    }
    return io
}
