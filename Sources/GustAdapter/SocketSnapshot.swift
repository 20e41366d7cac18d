package import GustWire

/// A socket of any node as it was at one moment; a value, so that it can be sent to another node.
public struct SocketSnapshot: Sendable {
    /// The id of the socket.
    public let id: String
    /// The names of the rooms that the socket was in, the room of its id included.
    public let rooms: [String]
    /// The request target of the handshake: path and query, as the client sent them.
    public let target: String
    /// The header fields of the handshake, in their order.
    public let headers: [Header]
    /// The address of the client; nil if it is unknown.
    public let address: String?
    /// Whether the client's connection was encrypted.
    public let isSecure: Bool
    /// The payload of the client's CONNECT; nil if it had none.
    package var auth: JSONSlice?
    /// When the handshake was received, in milliseconds since 1970; nil if the node of the socket doesn't say.
    package var issued: Int?
    /// Whether a browser sent the handshake for a page of another origin.
    package var isCrossDomain = false
    /// The values of `Socket.data`, a JSON object.
    package let data: JSONSlice

    /// A header field of the handshake.
    public struct Header: Sendable {
        /// The name, as the client sent it.
        public let name: String
        /// The value.
        public let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        id: String,
        rooms: [String],
        target: String,
        headers: [Header],
        address: String?,
        isSecure: Bool,
        data: JSONSlice
    ) {
        self.id = id
        self.rooms = rooms
        self.target = target
        self.headers = headers
        self.address = address
        self.isSecure = isSecure
        self.data = data
    }
}

/// The snapshots that the nodes of a cluster have returned.
public struct SocketSnapshots: Sendable {
    /// The snapshots, by node in no particular order.
    public var snapshots: [SocketSnapshot]
    /// The names of the nodes that haven't answered in time.
    public var silentNodes: [String]

    /// Makes a result.
    public init(_ snapshots: [SocketSnapshot], silentNodes: [String] = []) {
        self.snapshots = snapshots
        self.silentNodes = silentNodes
    }
}
