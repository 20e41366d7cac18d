public import NIOCore

/// Carries messages between the nodes of a cluster, such as a broker or, in tests, a queue in memory.
///
/// A channel belongs to one namespace. A bus may lose, delay and reorder messages: the ``ClusterAdapter`` then reports silent
/// nodes. The methods are called from any thread and must not block.
public protocol ClusterBus: AnyObject, Sendable {
    /// Begins to receive the messages on a channel, on behalf of a node.
    ///
    /// - Parameters:
    ///   - channel: the name of the channel.
    ///   - node: the name of the node.
    ///   - receive: is called with each message for all nodes and with each message for this node, on any thread. A node
    ///     doesn't receive its own messages.
    func join(_ channel: String, as node: String, receive: @escaping @Sendable (ByteBuffer) -> Void)

    /// Ends what ``join(_:as:receive:)`` began.
    func leave(_ channel: String, as node: String)

    /// Sends a message to all other nodes on a channel.
    ///
    /// - Throws: An error if the message can't be sent, for example because the broker can't be reached.
    func publish(_ message: ByteBuffer, on channel: String, from node: String) throws

    /// Sends a message to one node on a channel.
    ///
    /// - Throws: An error if the message can't be sent.
    func send(_ message: ByteBuffer, to node: String, on channel: String) throws

    /// The names of the other nodes on a channel.
    ///
    /// - Throws: An error if the bus can't tell.
    func otherNodes(on channel: String, than node: String) async throws -> [String]
}
