public import GustWire

/// The replies of the other nodes to an event between servers.
public struct ServerReplies: Sendable {
    /// The arguments that the nodes have replied with, in the order in which they arrived.
    public var replies: [Arguments]
    /// The names of the nodes that haven't replied in time.
    public var silentNodes: [String]

    /// Makes a result.
    public init(_ replies: [Arguments], silentNodes: [String] = []) {
        self.replies = replies
        self.silentNodes = silentNodes
    }
}
