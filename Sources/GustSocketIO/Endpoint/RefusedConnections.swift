import Synchronization

/// How many sessions were refused because a bound was reached, by the bound.
final class RefusedConnections: Sendable {
    /// A bound of sessions, as statistics and metrics name it.
    enum Bound: String, CaseIterable {
        /// ``SocketIOSettings/maximumConnections``.
        case connections
        /// ``SocketIOSettings/maximumConnectionsPerAddress``.
        case address
        /// ``SocketIOSettings/maximumAnnouncedConnections``, or the same for one address.
        case announced
        /// The server stops.
        case shutdown
    }

    private let connections = Atomic<Int>(0)
    private let address = Atomic<Int>(0)
    private let announced = Atomic<Int>(0)
    private let shutdown = Atomic<Int>(0)

    /// Counts one; asked once a request, never for a message.
    func count(_ bound: Bound) {
        switch bound {
        case .connections: connections.wrappingAdd(1, ordering: .relaxed)
        case .address: address.wrappingAdd(1, ordering: .relaxed)
        case .announced: announced.wrappingAdd(1, ordering: .relaxed)
        case .shutdown: shutdown.wrappingAdd(1, ordering: .relaxed)
        }
    }

    private func current(_ bound: Bound) -> Int {
        switch bound {
        case .connections: connections.load(ordering: .relaxed)
        case .address: address.load(ordering: .relaxed)
        case .announced: announced.load(ordering: .relaxed)
        case .shutdown: shutdown.load(ordering: .relaxed)
        }
    }

    /// The counts by the bounds' names, without those that are zero.
    var byBound: [String: Int] {  // bytes: our own names
        let counts = Bound.allCases.map { ($0.rawValue, current($0)) }
        return Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
    }
}
