import GustAdapter
import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

extension SocketSnapshot {
    /// The values of a socket at this moment; called on its loop.
    init(_ socket: Socket) {
        let handshake = socket.handshake
        self.init(
            id: socket.id,
            rooms: socket.rooms,
            target: handshake.target.text,
            headers: handshake.headers.map { Header(name: $0.name.rawName, value: $0.value) },
            address: handshake.peer.address?.ipAddress,
            isSecure: handshake.peer.isSecure,
            data: socket.encodedData(for: "fetchSockets")
        )
        auth = socket.auth
        issued = handshake.issued
        isCrossDomain = handshake.isCrossDomain
    }
}

extension Socket {
    /// The values of ``data`` as a JSON object; an empty one if a value can't be encoded, which is reported.
    func encodedData(for operation: String) -> JSONSlice {
        do {
            return try data.encodedData()
        } catch {
            connection.io.report(error, of: self, in: operation)
            return .emptyObject
        }
    }
}
