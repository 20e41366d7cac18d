import Synchronization

/// All live connections by sid.
///
/// Asked once a request, never for a message.
final class ConnectionTable: Sendable {
    private let connections = Mutex<[String: Connection]>([:])

    func insert(_ connection: Connection) {
        connections.withLock { $0[connection.sid] = connection }
    }

    func remove(_ sid: String) {
        // Freed outside the lock: a connection's end may run code of others.
        _ = connections.withLock { $0.removeValue(forKey: sid) }
    }

    subscript(sid: String) -> Connection? {
        connections.withLock { $0[sid] }
    }

    var count: Int { connections.withLock { $0.count } }

    var all: [Connection] { connections.withLock { Array($0.values) } }
}
