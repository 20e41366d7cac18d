public import NIOCore

/// The other end of a connection.
public struct Peer: Sendable {
    /// The peer's socket address; nil for Unix sockets without a name and for in-memory tests that give none.
    public var address: SocketAddress?
    /// Whether the connection, or the trusted proxy in front of it, is encrypted.
    public var isSecure: Bool

    /// Describes a peer.
    public init(address: SocketAddress? = nil, isSecure: Bool = false) {
        self.address = address
        self.isSecure = isSecure
    }
}
