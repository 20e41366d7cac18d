import Synchronization

/// Counts refused connections by the bound that was reached.
final class RefusedConnections: Sendable {
    /// A bound of connections; the raw values are the names in statistics and metrics.
    enum Bound: String, CaseIterable {
        /// ``SocketIOSettings/maximumConnections``.
        case connections
        /// ``SocketIOSettings/maximumConnectionsPerAddress``.
        case address
        /// ``SocketIOSettings/maximumAnnouncedConnections`` or
        /// ``SocketIOSettings/maximumAnnouncedConnectionsPerAddress``.
        case announced
        /// ``SocketIOSettings/LoadLimits/maximumLag``.
        case lag
        /// ``SocketIOSettings/LoadLimits/maximumMemory``.
        case memory
        /// The server is shutting down.
        case shutdown
    }

    private let connections = Atomic<Int>(0)
    private let address = Atomic<Int>(0)
    private let announced = Atomic<Int>(0)
    private let lag = Atomic<Int>(0)
    private let memory = Atomic<Int>(0)
    private let shutdown = Atomic<Int>(0)

    /// Counts one refused connection.
    func count(_ bound: Bound) {
        switch bound {
        case .connections: connections.wrappingAdd(1, ordering: .relaxed)
        case .address: address.wrappingAdd(1, ordering: .relaxed)
        case .announced: announced.wrappingAdd(1, ordering: .relaxed)
        case .lag: lag.wrappingAdd(1, ordering: .relaxed)
        case .memory: memory.wrappingAdd(1, ordering: .relaxed)
        case .shutdown: shutdown.wrappingAdd(1, ordering: .relaxed)
        }
    }

    private func current(_ bound: Bound) -> Int {
        switch bound {
        case .connections: connections.load(ordering: .relaxed)
        case .address: address.load(ordering: .relaxed)
        case .announced: announced.load(ordering: .relaxed)
        case .lag: lag.load(ordering: .relaxed)
        case .memory: memory.load(ordering: .relaxed)
        case .shutdown: shutdown.load(ordering: .relaxed)
        }
    }

    /// The counts by the names of the bounds, without counts of zero.
    var byBound: [String: Int] {  // bytes: our own names
        let counts = Bound.allCases.map { ($0.rawValue, current($0)) }
        return Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
    }
}
