public import NIOCore

/// The other end of a connection.
public struct Peer: Sendable {
    /// The peer's socket address; nil for unnamed Unix sockets and for in-memory tests that don't set it.
    public var address: SocketAddress?
    /// Whether the client's connection is encrypted, to this server or to the trusted proxy in front of it.
    package var isSecure: Bool

    /// Makes a peer.
    package init(address: SocketAddress? = nil, isSecure: Bool = false) {
        self.address = address
        self.isSecure = isSecure
    }
}
