public import GustWire

/// Sends to the sockets of one namespace and changes their rooms, on this node and, in a cluster, on the others.
///
/// Each namespace has one adapter. The default is a ``NodeAdapter``, which serves the sockets of this process. The adapter of a
/// cluster wraps it: it passes each operation to the node's adapter and to the other nodes, whose adapters pass it to theirs.
/// All parameters and results are values, so that they can cross a network. The methods are called from any thread and
/// must not block.
///
/// ```swift
/// settings.adapter = { local in MyClusterAdapter(local) }
/// ```
public protocol Adapter: AnyObject, Sendable {
    /// Sends a packet to the selected sockets of all nodes.
    func broadcast(_ packet: NamespacePacket, to selection: SocketSelection)

    /// Sends an event to the selected sockets of all nodes and adds their acknowledgements to `replies`.
    ///
    /// The adapter must call ``ReplyCollector/finish(silentNodes:)`` when no further reply can arrive, at the latest when the
    /// timeout has passed.
    func broadcast(
        _ name: String,
        _ arguments: Arguments,
        to selection: SocketSelection,
        timeout: Duration,
        replies: ReplyCollector
    )

    /// Adds the selected sockets of all nodes to rooms.
    func join(_ rooms: [String], _ selection: SocketSelection)

    /// Removes the selected sockets of all nodes from rooms.
    func leave(_ rooms: [String], _ selection: SocketSelection)

    /// Disconnects the selected sockets of all nodes; closes their connections too if `closingConnections` is set.
    func disconnect(_ selection: SocketSelection, closingConnections: Bool)

    /// Snapshots of the selected sockets of all nodes.
    func sockets(_ selection: SocketSelection, timeout: Duration) async -> SocketSnapshots

    /// Calls the handlers for an event between servers on all other nodes.
    func serverSideEmit(_ name: String, _ arguments: Arguments)

    /// Calls the handlers for an event between servers on all other nodes and returns their replies.
    func serverSideEmit(_ name: String, _ arguments: Arguments, timeout: Duration) async -> ServerReplies

    /// The number of nodes, this one included.
    func serverCount() async -> Int

    /// Whether packets to single sockets of clients that can recover go through ``broadcast(_:to:)`` too, because the adapter continues sessions
    /// from its own record of packets; false by default.
    var recordsPackets: Bool { get }

    /// Takes the session of a socket that has lost its connection, so that its client can continue it on another node.
    ///
    /// Called on the loop of the connection. The default implementation does nothing.
    /// - Parameters:
    ///   - session: the session at this moment; packets that are sent later aren't in it.
    ///   - isKept: whether this process keeps the session too, records what the client misses, and returns it from
    ///     ``restore(pid:offset:)`` of its ``NodeAdapter``; false if the server shuts down.
    func persist(_ session: SocketSession, isKept: Bool)

    /// Takes the session of a client out of the node or the store that has it.
    ///
    /// The caller records broadcasts from before the call on, so that none is missing when a node hands a session over. The default
    /// implementation returns nil.
    /// - Parameters:
    ///   - pid: the private id of the session, as the client has sent it.
    ///   - offset: the offset of the last packet that the client has received, as the client has sent it; nil for none.
    /// - Returns: the session with all packets after `offset`; nil if it isn't known, the packets after `offset` aren't, or the nodes
    ///   don't answer in time.
    func restore(pid: String, offset: String?) async -> SocketSession?

    /// Ends the adapter, because the namespace has been removed, or because the server shuts down and its last connection has
    /// ended.
    ///
    /// The method must not make a namespace: none can be made meanwhile.
    func close()
}

extension Adapter {
    /// False: each node records what it sends.
    public var recordsPackets: Bool { false }

    /// Does nothing: sessions stay on their node.
    public func persist(_ session: SocketSession, isKept: Bool) {}

    /// Nil: no other node has a session.
    public func restore(pid: String, offset: String?) async -> SocketSession? { nil }
}
