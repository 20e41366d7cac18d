import GustHTTP
import Synchronization

/// The sockets of a server that their clients can recover, by private id: those that are connected, and those that have lost their
/// connection.
final class RecoverableSockets: Sendable {
    private struct State {
        var sockets: [ByteText: Socket] = [:]
        var lostCount = 0
    }

    private let state = Mutex(State())

    /// The socket with this private id.
    subscript(pid: String) -> Socket? { state.withLock { $0.sockets[ByteText(pid)] } }

    /// The number of sockets that have lost their connection.
    var lostCount: Int { state.withLock { $0.lostCount } }

    /// Adds a connected socket.
    func insert(_ socket: Socket, _ pid: String) { state.withLock { $0.sockets[ByteText(pid)] = socket } }

    /// Puts `successor` in the place of a socket, if that still has the private id.
    ///
    /// - Returns: `false` if another socket has continued it meanwhile, or if it can't be continued any more.
    func replace(_ socket: Socket, _ pid: String, by successor: Socket) -> Bool {
        state.withLock { state in
            guard state.sockets[ByteText(pid)] === socket else { return false }
            state.sockets[ByteText(pid)] = successor
            return true
        }
    }

    /// Counts a socket that has lost its connection; false if there are too many.
    func lose(_ limit: Int) -> Bool {
        state.withLock { state in
            guard state.lostCount < limit else { return false }
            state.lostCount += 1
            return true
        }
    }

    /// Counts one lost socket less.
    func find() { state.withLock { $0.lostCount -= 1 } }

    /// Removes a socket, unless another one has taken its private id over.
    func remove(_ socket: Socket, _ pid: String) {
        state.withLock { state in
            if state.sockets[ByteText(pid)] === socket { state.sockets[ByteText(pid)] = nil }
        }
    }
}
