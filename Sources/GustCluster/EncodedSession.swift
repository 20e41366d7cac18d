import GustAdapter
import GustWire
import NIOCore

/// The session of a client.
struct EncodedSession: Codable {
    private struct MissedPacket: Codable {
        let offset: String
        let packet: EncodedPacket?
    }

    private let id: String
    private let pid: String
    private let rooms: [String]
    private let data: String
    private let offset: String?
    private let missed: [MissedPacket]
    private let received: [String]

    init(_ session: SocketSession) {
        id = session.id
        pid = session.pid
        rooms = session.rooms
        data = session.data.description
        offset = session.offset
        missed = session.missed.map { MissedPacket(offset: $0.offset, packet: $0.packet.map(EncodedPacket.init)) }
        received = session.received
    }

    /// Checks and decodes the session.
    ///
    /// - Throws: An error if a text isn't JSON.
    func session() throws -> SocketSession {
        SocketSession(
            id: id,
            pid: pid,
            rooms: rooms,
            data: try JSONSlice(validating: ByteBuffer(string: data)),
            offset: offset,
            missed: try missed.map { missed in
                SocketSession.MissedPacket(offset: missed.offset, try missed.packet?.packet())
            },
            received: received
        )
    }
}
