/// Numbers of a node that forwards requests, since its start.
public struct ForwardingStatistics: Sendable {
    /// How many requests and upgraded connections this node is forwarding.
    public var current: Int
    /// How many requests and upgraded connections this node has forwarded, those in progress included.
    public var forwarded: Int
    /// How many of them failed because the other node was gone, refused the request or didn't answer in time.
    public var failed: Int
    /// How many requests this node has received from others.
    public var received: Int
    /// How many requests on the listener for other nodes were refused, for want of a proof.
    public var refused: Int
}
