public import GustWire

/// The adapter for the sockets of this process, which every namespace has.
///
/// The adapter of a cluster wraps it: it passes what this node and other nodes send to the methods of ``Adapter``, which reach the
/// sockets of this process only.
public protocol NodeAdapter: Adapter {
    /// The name of the namespace.
    var namespaceName: String { get }

    /// The bounds of the sessions of clients that have lost their connections; nil if clients can't recover.
    var sessionLimits: SessionLimits? { get }

    /// Sends a packet to the selected sockets of this process, with the offset that the packet has on all nodes.
    ///
    /// - Parameters:
    ///   - packet: the packet.
    ///   - selection: the choice of sockets.
    ///   - offset: the offset, which no other packet of the namespace has on any node; nil if this node makes one.
    func broadcast(_ packet: NamespacePacket, to selection: SocketSelection, offset: String?)

    /// Calls this node's handlers for an event that another node has emitted between servers.
    ///
    /// Errors of handlers are reported to `SocketIO.onError(_:)`.
    /// - Returns: the reply of the first handler that has one; nil if no handler is registered or all have failed.
    func receiveServerSide(_ name: String, _ arguments: Arguments) async -> Arguments?

    /// Reports an error of the adapter of a cluster to `SocketIO.onError(_:)`.
    func report(_ error: any Error, in event: String)
}
