import Synchronization

/// The statistics of one server; the numbers are read one after the other while the server runs.
///
/// Bytes are those of packets, without the header fields of HTTP and the frame headers of WebSocket.
public struct SocketIOStatistics: Sendable, Encodable {
    /// Open connections.
    public var open: Int
    /// Connections that were opened since the start.
    public var total: Int
    /// Sockets in memory: one for each client and namespace.
    public var sockets: Int
    /// Packets received.
    public var packetsIn = 0
    /// Packets sent; a broadcast counts once for each receiver.
    public var packetsOut = 0
    /// Bytes of the packets received.
    public var bytesIn = 0
    /// Bytes of the packets sent.
    public var bytesOut = 0
    /// The statistics by the name of the transport, such as `xhr-polling`; a transport that hasn't been
    /// used is missing.
    public var byTransport: [String: Transport] = [:]  // bytes: our own names
    /// Packets that weren't sent because the queue of a loop was full; see ``Broadcast/flush()``.
    public var refused = 0
    /// Events and messages that the outbox policy `dropOldest` has dropped; they are counted as sent too.
    public var dropped = 0
    /// Connections that were refused because a bound was reached, by the name of the bound.
    ///
    /// The names are `connections`, `address` (connections of one address), `announced` (handshakes of 0.9 without a
    /// transport), `lag` and `memory` (``SocketIOSettings/LoadLimits``) and `shutdown`. A bound that was never reached is missing.
    public var refusedConnections: [String: Int] = [:]  // bytes: our own names
    /// Connection objects in memory; a number that stays greater than `open` means a leak.
    package var liveConnections: Int

    /// The statistics of one transport.
    public struct Transport: Sendable, Encodable, Equatable {
        /// Open connections whose current transport this is.
        public var open = 0
        /// Connections that were opened on this transport; a connection that upgrades is counted on its
        /// first transport only.
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
    /// Reads the counters of a server.
    init(of io: SocketIO) {
        let connections = io.connections.all
        open = connections.count
        sockets = io.liveObjects.sockets.current
        liveConnections = io.liveObjects.connections.current
        total = 0
        refused = io.refusedWork.load(ordering: .relaxed)
        dropped = io.droppedPackets.load(ordering: .relaxed)
        refusedConnections = io.refusedByBound
        for shard in io.shards.all {
            for (name, counters) in shard.countersByTransport { add(counters, of: name) }
        }
        for connection in connections {
            byTransport[connection.transportName, default: .init()].open += 1
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

/// Counts the objects in memory.
final class SocketIOLiveObjects: Sendable {
    let connections = LiveObjects()
    let sockets = LiveObjects()
}
