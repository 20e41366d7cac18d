/// Numbers of one endpoint, read without stopping it; they may be a moment old.
public struct SocketIOStatistics: Sendable, Codable {
    /// Connections that are open.
    public var open: Int
    /// The open connections by the transport that carries them now, such as `xhr-polling`.
    public var openByTransport: [String: Int]
    /// Connections that were ever made.
    public var total: Int
    /// Sockets, one for each client and namespace.
    public var sockets: Int
    /// Packets received.
    public var packetsIn: Int
    /// Packets sent; a broadcast counts once for each receiver.
    public var packetsOut: Int
    /// Connection objects in memory: the same as `open`, or something is leaked.
    public var liveConnections: Int
}

/// The counters behind the statistics of memory.
final class SocketIOLiveObjects: Sendable {
    let connections = LiveObjects()
    let sockets = LiveObjects()
}
