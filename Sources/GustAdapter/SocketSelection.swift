package import GustHTTP

/// The choice of sockets of a namespace to which an operation applies; a value, so that it can be sent to another node.
public struct SocketSelection: Sendable {
    /// The rooms whose members are selected; empty means the whole namespace.
    package var roomKeys: [ByteText] = []
    /// The rooms whose members are left out.
    ///
    /// The id of a socket is a room that contains only that socket.
    package var excludedKeys: [ByteText] = []
    /// Whether a packet is dropped for sockets whose transports can't send it at once.
    public var isVolatile = false
    /// Whether a packet may be compressed for sockets whose WebSockets have compression.
    public var isCompressed = true
    /// The key under which a packet replaces an earlier one that waits in the outbox of a socket; nil for most packets.
    public var latestKey: String?

    package init() {}

    /// Makes a selection.
    ///
    /// - Parameters:
    ///   - rooms: the rooms whose members are selected, each socket once; empty means the whole namespace.
    ///   - excluded: the rooms whose members are left out.
    ///   - isVolatile: whether a packet is dropped for sockets whose transports can't send it at once.
    public init(rooms: [String] = [], excluded: [String] = [], isVolatile: Bool = false) {
        roomKeys = rooms.map { ByteText($0) }
        excludedKeys = excluded.map { ByteText($0) }
        self.isVolatile = isVolatile
    }

    /// The rooms whose members are selected; empty means the whole namespace.
    public var rooms: [String] { roomKeys.map(\.string) }

    /// The rooms whose members are left out.
    public var excluded: [String] { excludedKeys.map(\.string) }

    /// Whether a socket that is in these rooms, that of its id included, is selected.
    package func selects(_ rooms: Set<ByteText>) -> Bool {
        (roomKeys.isEmpty || !rooms.isDisjoint(with: roomKeys)) && rooms.isDisjoint(with: excludedKeys)
    }
}
