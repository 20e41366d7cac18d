import Synchronization

/// Numbers of one endpoint, read without stopping it; they may be a moment old.
///
/// Traffic counts what the generations say, without the headers and frames of HTTP and WebSocket.
public struct SocketIOStatistics: Sendable, Codable {
    /// Connections that are open.
    public var open: Int
    /// Connections that were ever made.
    public var total: Int
    /// Sockets, one for each client and namespace.
    public var sockets: Int
    /// Packets received.
    public var packetsIn = 0
    /// Packets sent; a broadcast counts once for each receiver.
    public var packetsOut = 0
    /// Bytes of the packets received.
    public var bytesIn = 0
    /// Bytes of the packets sent.
    public var bytesOut = 0
    /// The same by the transport that carried it, such as `xhr-polling`; those that nobody used yet are missing.
    public var byTransport: [String: Transport] = [:]  // bytes: our own names
    /// Packets that weren't sent because a loop had too much to do; see ``Broadcast/flush()``.
    public var refused = 0
    /// Sessions that were refused because a bound was reached, by the bound: `connections`, `address` (those of one address),
    /// `announced` (those of 0.9 that wait for a transport), `shutdown`; those that refused nobody are missing.
    public var refusedConnections: [String: Int] = [:]  // bytes: our own names
    /// Connection objects in memory: the same as `open`, or something is leaked.
    public var liveConnections: Int

    /// What one transport has to do with it.
    public struct Transport: Sendable, Codable, Hashable {
        /// The open connections that it carries now.
        public var open = 0
        /// Connections that were opened on it; one that upgrades was opened on the transport it left.
        public var total = 0
        /// Packets received.
        public var packetsIn = 0
        /// Packets sent.
        public var packetsOut = 0
        /// Bytes of the packets received.
        public var bytesIn = 0
        /// Bytes of the packets sent.
        public var bytesOut = 0
    }
}

extension SocketIOStatistics {
    /// Reads the counters of `server`.
    init(of io: SocketIO) {
        let connections = io.connections.all
        open = connections.count
        sockets = io.liveObjects.sockets.current
        liveConnections = io.liveObjects.connections.current
        total = 0
        refused = io.refusedWork.load(ordering: .relaxed)
        refusedConnections = io.refusedByBound
        for shard in io.shards.all {
            for (name, counters) in shard.countersByTransport { add(counters, of: name) }
        }
        for connection in connections {
            byTransport[connection.transportName.withLock { $0 }, default: .init()].open += 1
        }
    }

    private mutating func add(_ counters: TransportCounters, of name: String) {
        var transport = byTransport[name] ?? Transport()
        transport.total += counters.opened.current
        transport.packetsIn += counters.packetsIn.current
        transport.packetsOut += counters.packetsOut.current
        transport.bytesIn += counters.bytesIn.current
        transport.bytesOut += counters.bytesOut.current
        byTransport[name] = transport
        total += counters.opened.current
        packetsIn += counters.packetsIn.current
        packetsOut += counters.packetsOut.current
        bytesIn += counters.bytesIn.current
        bytesOut += counters.bytesOut.current
    }
}

/// The counters behind the statistics of memory.
final class SocketIOLiveObjects: Sendable {
    let connections = LiveObjects()
    let sockets = LiveObjects()
}
