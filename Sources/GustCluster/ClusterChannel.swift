/// The channel of one namespace between the nodes of a cluster: it makes bytes of messages and carries them.
///
/// A channel may lose, delay and reorder messages. The methods are called from any thread and must not block.
package protocol ClusterChannel: AnyObject, Sendable {
    /// Begins to receive messages.
    ///
    /// - Parameters:
    ///   - receive: is called with each message of another node, on any thread.
    ///   - failed: is called with each error: bytes that are no message, or a message that was lost after ``publish(_:)`` had returned.
    func join(
        receive: @escaping @Sendable (ClusterMessage) -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    )

    /// Ends what ``join(receive:failed:)`` began.
    func leave()

    /// Sends a message to all other nodes.
    ///
    /// - Throws: An error if the message can't be sent.
    func publish(_ content: ClusterMessage.Content) throws

    /// Sends an answer to the node that has asked; nil for a question whose format doesn't name its sender.
    ///
    /// - Throws: An error if the message can't be sent.
    func send(_ content: ClusterMessage.Content, to node: String?) throws

    /// The other nodes.
    ///
    /// - Throws: An error if the channel can't tell.
    func otherNodes() async throws -> OtherNodes

    /// Forgets nodes that haven't answered: they may have ended. A node that hasn't is known again after its next message.
    func forget(_ nodes: [String])

    /// A new id of a request, which no other node uses at the same time.
    func nextRequest() -> String

    /// The time that answers may take on their way, beyond the timeout of a request: longer if nodes also send what didn't come in time.
    var grace: Duration { get }

    /// The longest time that other nodes may take to answer a request; nil leaves it to the caller.
    var requestTimeout: Duration? { get }
}

/// The other nodes of a channel.
package struct OtherNodes: Sendable {
    /// The names of those that are known by name.
    package var names: [String]
    /// How many there are.
    package var count: Int
    /// The names of those that know the messages for sessions, as only nodes of Gust do.
    package var sharing: [String]

    package init(names: [String], count: Int, sharing: [String] = []) {
        self.names = names
        self.count = count
        self.sharing = sharing
    }
}
