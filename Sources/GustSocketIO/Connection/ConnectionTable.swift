import GustHTTP
import NIOCore
import Synchronization

/// All live connections by sid, and how many each address has.
///
/// Asked once a request, never for a message.
final class ConnectionTable: Sendable {
    private struct State {
        var connections: [ConnectionKey: Connection] = [:]
        var byAddress: [PeerAddress: Int] = [:]
        /// How many connections were removed and haven't told their sockets yet.
        var endingCount = 0
        var whenEmpty: [@Sendable () -> Void] = []

        var isEmpty: Bool { connections.isEmpty && endingCount == 0 }
    }

    private let state = Mutex(State())
    private let countsAddresses: Bool

    /// Makes a table; addresses are only counted if somebody asks for them.
    init(countsAddresses: Bool) {
        self.countsAddresses = countsAddresses
    }

    /// Adds a connection; false if another connection has its sid, which only an application's own sids can cause.
    func insert(_ connection: Connection) -> Bool {
        state.withLock { state in
            let key = ConnectionKey(connection.sid)
            guard state.connections[key] == nil else { return false }
            state.connections[key] = connection
            if let address = address(of: connection) { state.byAddress[address, default: 0] += 1 }
            return true
        }
    }

    /// Removes a connection, unless the sid belongs to another one.
    ///
    /// - Returns: whether it was removed; then the caller calls ``finishRemoval()`` when the connection has ended.
    func remove(_ connection: Connection) -> Bool {
        // Freed outside the lock: a connection's end may run code of others.
        let removed = state.withLock { state -> Connection? in
            let key = ConnectionKey(connection.sid)
            guard state.connections[key] === connection else { return nil }
            state.endingCount += 1
            let connection = state.connections.removeValue(forKey: key)
            if let address = connection.flatMap(address) {
                let count = state.byAddress[address, default: 1] - 1
                state.byAddress[address] = count > 0 ? count : nil
            }
            return connection
        }
        return removed != nil
    }

    /// Records that a removed connection has ended: its sockets have left their namespaces.
    func finishRemoval() {
        let handlers = state.withLock { state in
            state.endingCount -= 1
            guard state.isEmpty, !state.whenEmpty.isEmpty else { return [@Sendable () -> Void]() }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for handler in handlers { handler() }
    }

    /// Calls `body` once when no connection is left: at once, or on the loop of the last one.
    func whenEmpty(_ body: @escaping @Sendable () -> Void) {
        let isEmpty = state.withLock { state in
            if !state.isEmpty { state.whenEmpty.append(body) }
            return state.isEmpty
        }
        if isEmpty { body() }
    }

    subscript(sid: String) -> Connection? {
        state.withLock { $0.connections[ConnectionKey(sid)] }
    }

    var count: Int { state.withLock { $0.connections.count } }

    /// How many come from the address of `peer`; 0 where addresses aren't counted, and for a peer without one.
    func count(from peer: Peer) -> Int {
        guard countsAddresses, let address = PeerAddress(peer) else { return 0 }
        return state.withLock { $0.byAddress[address, default: 0] }
    }

    var all: [Connection] { state.withLock { Array($0.connections.values) } }

    private func address(of connection: Connection) -> PeerAddress? {
        countsAddresses ? PeerAddress(connection.handshake.peer) : nil
    }
}
