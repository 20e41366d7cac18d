import GustWire
import Synchronization

/// The acknowledgement of one received event, which is sent once, and only over the connection that brought the event.
final class EventReply: Sendable {
    private let socket: ClientSocket
    private let id: Int
    private let session: Int
    private let isSent = Atomic<Bool>(false)

    init(_ socket: ClientSocket, id: Int, session: Int) {
        self.socket = socket
        self.id = id
        self.session = session
    }

    func send(_ arguments: Arguments) {
        guard !isSent.exchange(true, ordering: .relaxed) else { return }
        socket.post(.reply(id: id, session: session, arguments))
    }
}
