package import GustHTTP
public import GustWire

/// What is needed to continue a socket that has lost its connection, on this node or another one; a value, so that it can be sent
/// to another node or stored.
public struct SocketSession: Sendable {
    /// A packet that the client may have missed.
    public struct MissedPacket: Sendable {
        /// The offset that the packet has on all nodes.
        public let offset: String
        /// The packet; nil if it isn't sent again, because it was volatile or a newer value has replaced it.
        public let packet: NamespacePacket?

        /// Makes a packet with its offset.
        public init(offset: String, _ packet: NamespacePacket?) {
            self.offset = offset
            self.packet = packet
        }
    }

    /// The id of the socket.
    public let id: String
    /// The private id with which the client asks for the session; a secret of the client.
    public let pid: String
    /// The names of the rooms that the socket is in, without the room of its id.
    public let rooms: [String]
    /// The values of `Socket.data`, a JSON object.
    public let data: JSONSlice
    /// The offset of the last packet before ``missed``; nil if `missed` begins with the first packet of the socket.
    public private(set) var offset: String?
    /// The packets that the client may have missed, the oldest first.
    public private(set) var missed: [MissedPacket]
    /// The offsets of packets before ``missed`` that may still be on their way to other nodes.
    public private(set) var received: [String]

    /// Makes a session.
    ///
    /// - Parameters:
    ///   - id: the id of the socket.
    ///   - pid: the private id with which the client asks for the session.
    ///   - rooms: the names of the rooms, without the room of the id.
    ///   - data: the values of `Socket.data`, a JSON object.
    ///   - offset: the offset of the last packet before `missed`; nil if there is none.
    ///   - missed: the packets that the client may have missed, the oldest first.
    ///   - received: the offsets of packets before `missed` that may still be on their way to other nodes.
    public init(
        id: String,
        pid: String,
        rooms: [String],
        data: JSONSlice,
        offset: String?,
        missed: [MissedPacket],
        received: [String] = []
    ) {
        self.id = id
        self.pid = pid
        self.rooms = rooms
        self.data = data
        self.offset = offset
        self.missed = missed
        self.received = received
    }

    /// The session with only the packets after an offset; nil if the offset isn't known here, or packets after it were removed.
    ///
    /// - Parameter last: the offset of the last packet that the client has received; nil if it has received none.
    /// - Returns: the session.
    public func after(_ last: String?) -> SocketSession? {
        guard let last else { return offset == nil ? self : nil }
        let key = ByteText(last)
        if let offset, ByteText(offset) == key { return self }
        guard let index = missed.lastIndex(where: { ByteText($0.offset) == key }) else { return nil }
        var copy = self
        copy.offset = last
        copy.received += missed[...index].map(\.offset)
        copy.missed.removeFirst(index + 1)
        return copy
    }

    /// The session with further packets at the end.
    package func appending(_ packets: [MissedPacket]) -> SocketSession {
        var copy = self
        copy.missed += packets
        return copy
    }

    /// The names of the rooms, that of the id included.
    package var roomKeys: Set<ByteText> { Set((rooms + [id]).map { ByteText($0) }) }
}

/// The bounds of the sessions that a node keeps for clients that have lost their connections.
public struct SessionLimits: Sendable {
    /// How long a session is kept.
    public let duration: Duration
    /// The greatest number of packets that are kept for a session.
    public let maximumPackets: Int
    /// The greatest number of bytes of the packets that are kept for a session.
    public let maximumBytes: Int
    /// The greatest number of sessions.
    public let maximumSessions: Int

    package init(duration: Duration, maximumPackets: Int, maximumBytes: Int, maximumSessions: Int) {
        self.duration = duration
        self.maximumPackets = maximumPackets
        self.maximumBytes = maximumBytes
        self.maximumSessions = maximumSessions
    }
}
