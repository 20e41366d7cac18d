package import GustWire
import Synchronization

/// Acknowledges one event for which the client requested an acknowledgement.
///
/// It is sent at most once. May be used from any thread.
package final class Acknowledgement: Sendable {
    private let socket: Socket
    private let id: Int
    private let isSent = Atomic<Bool>(false)

    init(socket: Socket, id: Int) {
        self.socket = socket
        self.id = id
    }

    /// Sends the acknowledgement.
    ///
    /// Does nothing if the acknowledgement was sent before, or if the socket is disconnected.
    package func send(_ arguments: Arguments) {
        guard !isSent.exchange(true, ordering: .relaxed) else { return }
        socket.send(
            .acknowledgement(namespace: socket.namespace.name, id: id, arguments: arguments),
            isVolatile: false
        )
    }
}
