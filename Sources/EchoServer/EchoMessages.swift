import Gust
import GustSeed

/// The echo handler of SocketTornad.IO: sends each message back in its own form, text as text and JSON as JSON.
struct EchoMessages: SocketIOHandler {
    let socket: Socket

    func onMessage(_ message: Message) {
        guard case .text(let text) = message else { return send(message) }
        switch text {
        case "__close__": closeSoon()
        case "__drop__": socket.abort()
        case _ where text.utf8.starts(with: "__bcast__".utf8): socket.namespace.everybody.send(message)
        default: send(message)
        }
    }

    /// Closes the connection after 100 ms, so that the client receives the response to its request before.
    private func closeSoon() {
        Task {
            try await Task.sleep(for: .milliseconds(100))
            socket.disconnect(closingConnection: true)
        }
    }
}
