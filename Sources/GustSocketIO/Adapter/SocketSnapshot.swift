import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// A socket of any node as it was at one moment; a value, so that it can be sent to another node.
public struct SocketSnapshot: Sendable, Codable {
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
    /// The values of ``Socket/data``, a JSON object.
    let data: JSONSlice

    /// A header field of the handshake.
    public struct Header: Sendable, Codable {
        /// The name, as the client sent it.
        public let name: String
        /// The value.
        public let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    init(_ socket: Socket) {
        let handshake = socket.handshake
        id = socket.id
        rooms = socket.rooms
        target = handshake.target.text
        headers = handshake.headers.map { Header(name: $0.name.rawName, value: $0.value) }
        address = handshake.peer.address?.ipAddress
        isSecure = handshake.peer.isSecure
        do {
            data = try socket.data.encodedData()
        } catch {
            socket.connection.io.report(error, of: socket, in: "fetchSockets")
            data = .emptyObject
        }
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
