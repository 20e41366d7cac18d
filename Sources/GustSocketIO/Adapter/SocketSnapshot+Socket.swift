import GustAdapter
import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

extension SocketSnapshot {
    /// The values of a socket at this moment; called on its loop.
    init(_ socket: Socket) {
        let handshake = socket.handshake
        let data: JSONSlice
        do {
            data = try socket.data.encodedData()
        } catch {
            socket.connection.io.report(error, of: socket, in: "fetchSockets")
            data = .emptyObject
        }
        self.init(
            id: socket.id,
            rooms: socket.rooms,
            target: handshake.target.text,
            headers: handshake.headers.map { Header(name: $0.name.rawName, value: $0.value) },
            address: handshake.peer.address?.ipAddress,
            isSecure: handshake.peer.isSecure,
            data: data
        )
    }
}
