import GustHTTP
import GustWire

/// What a list of sockets shows of one of them.
package struct SocketListing: Sendable, Encodable {
    /// How many names of rooms are listed.
    static let maximumRooms = 20

    package let id: String
    package let namespace: String
    package let revision: String
    package let transport: String
    /// The IP address of the client; nil for Unix sockets.
    package let address: String?
    /// The names of the first rooms in the order of their bytes, without the room of the id.
    package let rooms: [String]
    /// The number of all rooms.
    package let roomCount: Int
    /// When the handshake was received, in milliseconds since 1970.
    package let since: Int
    /// How many bytes wait to be sent.
    package let bufferedBytes: Int

    /// Describes a socket at this moment; may be called on any thread.
    package init(_ socket: Socket) {
        id = socket.id
        namespace = socket.namespace.name
        revision = socket.revision.name
        transport = socket.transport
        address = socket.handshake.address
        let rooms = socket.joinedRooms
        self.rooms = rooms.sorted().prefix(Self.maximumRooms).map(\.string)
        roomCount = rooms.count
        since = socket.handshake.issued
        bufferedBytes = socket.bufferedBytes
    }
}
