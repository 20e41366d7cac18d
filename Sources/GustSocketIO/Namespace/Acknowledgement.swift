public import GustWire
import Synchronization

/// The answer that a client asked for, to be given at most once, from any thread.
public final class Acknowledgement: Sendable {
    private let socket: Socket
    private let id: Int
    private let isSent = Atomic<Bool>(false)

    init(socket: Socket, id: Int) {
        self.socket = socket
        self.id = id
    }

    /// Sends the answer; a second call, and one after the disconnect, does nothing.
    public func send(_ arguments: Arguments) {
        guard !isSent.exchange(true, ordering: .relaxed) else { return }
        socket.send(
            .acknowledgement(namespace: socket.namespace.name, id: id, arguments: arguments),
            isVolatile: false
        )
    }
}
