package import GustAdapter
package import GustWire

/// A message between the adapters of one namespace, as a value; the format of a ``ClusterChannel`` makes bytes of it.
package struct ClusterMessage: Sendable {
    /// The operation, or the answer to one.
    package enum Content: Sendable {
        /// A packet with its offset; nil if clients of the sender can't recover, or the format has no offsets.
        case broadcast(NamespacePacket, SocketSelection, offset: String?)
        /// A broadcast event that each socket acknowledges in time.
        case ask(request: String, NamespacePacket, SocketSelection, timeout: Duration)
        /// The node has sent the event to this number of sockets, and sends as many acknowledgements.
        case asked(request: String, count: Int)
        /// The acknowledgement of one socket, or the reason for its absence.
        case acknowledgement(request: String, socket: String?, Result<Arguments, SocketError>)
        case join([String], SocketSelection)
        case leave([String], SocketSelection)
        case disconnect(SocketSelection, closingConnections: Bool)
        case fetch(request: String, SocketSelection)
        case fetched(request: String, [SocketSnapshot])
        case serverEvent(name: String, Arguments)
        case serverAsk(request: String, name: String, Arguments)
        /// The reply of a node; nil if it has no handler or its handler failed.
        case serverReply(request: String, Arguments?)
        /// The ids of sockets, which older servers ask for.
        case listSockets(request: String, SocketSelection)
        /// The names of rooms, those of single sockets included.
        case listRooms(request: String)
        /// The ids or the names that were asked for.
        case listed(request: String, [String], areRooms: Bool)
        /// A session of the sender, which shuts down.
        case persist(SocketSession)
        /// The client of a session has come to the sender, which keeps a copy of the session itself if `isKept` is set.
        case restore(request: String, pid: String, offset: String?, isKept: Bool)
        /// The session that was asked for; nil if the node doesn't have it.
        case restored(request: String, SocketSession?)
        /// The sender has joined the channel, and wants to know who else is there.
        case hello
        /// The sender is on the channel.
        case present
        /// The sender leaves the channel.
        case goodbye
    }

    /// The name of the node that has sent the message; nil if the format doesn't say.
    package var node: String?
    package var content: Content

    package init(from node: String?, _ content: Content) {
        self.node = node
        self.content = content
    }
}
