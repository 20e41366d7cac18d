import GustHTTP
import Synchronization

/// The sockets of a server that their clients can recover, by private id: those that are connected, and those that have lost their
/// connection.
final class RecoverableSockets: Sendable {
    private struct State {
        var sockets: [ByteText: Socket] = [:]
        var lostCount = 0
        /// What waits for the end of the restorations that are under way, by private id.
        var restorations: [ByteText: [@Sendable () -> Void]] = [:]
        /// How many clients are being restored or wait.
        var restoringCount = 0
    }

    /// How many clients may be restored from other nodes at once; further ones get new sockets.
    private static let maximumRestorations = 1_000

    /// What a connection does that asks for the session of another node.
    enum RestorationStart { case begun, waiting, refused }

    private let state = Mutex(State())

    /// The socket with this private id.
    subscript(pid: String) -> Socket? { state.withLock { $0.sockets[ByteText(pid)] } }

    /// All sockets.
    var all: [Socket] { state.withLock { Array($0.sockets.values) } }

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

    /// Begins to ask other nodes for a session; if another connection has begun, `body` is called when that one has its answer.
    func beginRestoration(_ pid: String, _ body: @escaping @Sendable () -> Void) -> RestorationStart {
        let key = ByteText(pid)
        return state.withLock { state in
            guard state.restoringCount < Self.maximumRestorations else { return .refused }
            state.restoringCount += 1
            guard state.restorations[key] != nil else {
                state.restorations[key] = []
                return .begun
            }
            state.restorations[key]?.append(body)
            return .waiting
        }
    }

    /// Ends a restoration and calls those that wait for it.
    func endRestoration(_ pid: String) {
        let waiting = state.withLock { state in
            let waiting = state.restorations.removeValue(forKey: ByteText(pid)) ?? []
            state.restoringCount -= waiting.count + 1
            return waiting
        }
        for body in waiting { body() }
    }
}
