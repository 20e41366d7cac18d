package import GustWire
import Synchronization

/// Acknowledges one event for which the client requested an acknowledgement.
///
/// It is sent at most once. May be used from any thread.
package final class Acknowledgement: Sendable {
    private let socket: Socket
    /// The id of the client's request; nil if the acknowledgement is only recorded.
    private let id: Int?
    /// Called with the acknowledgement of an event that is handled once; nil for other events.
    private let record: (@Sendable (Arguments) -> Void)?
    private let isSent = Atomic<Bool>(false)

    init(socket: Socket, id: Int?, record: (@Sendable (Arguments) -> Void)? = nil) {
        self.socket = socket
        self.id = id
        self.record = record
    }

    /// Whether the client requested the acknowledgement.
    var isRequested: Bool { id != nil }

    /// Whether the acknowledgement is remembered for duplicates of the event.
    var isRecorded: Bool { record != nil }

    /// The id of the client's request; nil if the acknowledgement has been sent.
    var pendingID: Int? { isSent.load(ordering: .relaxed) ? nil : id }

    /// Sends the acknowledgement.
    ///
    /// Does nothing if the acknowledgement was sent before; isn't sent if the socket is disconnected.
    package func send(_ arguments: Arguments) {
        guard !isSent.exchange(true, ordering: .relaxed) else { return }
        if let id, !(socket.sendsPlainly && socket.connection.write(acknowledgement: id, arguments)) {
            socket.send(
                .acknowledgement(namespace: socket.namespace.name, id: id, arguments: arguments),
                isVolatile: false
            )
        }
        record?(arguments)
    }
}
