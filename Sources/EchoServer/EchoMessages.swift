import Gust

/// The seed's echo handler: text comes back as text, JSON as JSON.
struct EchoMessages: SocketIOHandler {
    let socket: Socket

    func onMessage(_ message: Message) {
        if message == .text("__close__") { return socket.disconnect(closingConnection: true) }
        send(message)
    }
}
