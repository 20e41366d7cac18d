import Gust
import Synchronization

/// What `GET /stats` answers.
final class ServerStatistics: Sendable {
    /// The numbers, as the contract names them.
    struct Numbers: Encodable {
        var open: Int
        var sockets: Int
        var connections: Int
        var sessionsTotal: Int
        var packetsIn: Int
        var packetsOut: Int
        var objects: [String: Int]

        enum CodingKeys: String, CodingKey {
            case open, sockets, connections, objects
            case sessionsTotal = "sessions_total"
            case packetsIn = "packets_in"
            case packetsOut = "packets_out"
        }
    }

    private let io: SocketIO
    private let server = Mutex<HTTPServer?>(nil)

    init(io: SocketIO) {
        self.io = io
    }

    /// Counts the connections of `server` too.
    func watch(_ server: HTTPServer) {
        self.server.withLock { $0 = server }
    }

    var current: Numbers {
        let numbers = io.statistics
        return Numbers(
            open: numbers.open,
            sockets: numbers.sockets,
            connections: server.withLock { $0?.connectionCount ?? 0 },
            sessionsTotal: numbers.total,
            packetsIn: numbers.packetsIn,
            packetsOut: numbers.packetsOut,
            objects: ["Connection": numbers.liveConnections, "Socket": numbers.sockets]
        )
    }
}
