import Gust
import Synchronization

/// The numbers in the response to `GET /stats`.
final class ServerStatistics: Sendable {
    /// The numbers, with the keys of the echo contract.
    struct Numbers: Encodable {
        var open: Int
        var sockets: Int
        var connections: Int
        var sessionsTotal: Int
        var packetsIn: Int
        var packetsOut: Int
        var bytesIn: Int
        var bytesOut: Int
        var objects: [String: Int]  // bytes: our own names

        enum CodingKeys: String, CodingKey {
            case open, sockets, connections, objects
            case sessionsTotal = "sessions_total"
            case packetsIn = "packets_in"
            case packetsOut = "packets_out"
            case bytesIn = "bytes_in"
            case bytesOut = "bytes_out"
        }
    }

    private let endpoints: [SocketIO]
    private let server = Mutex<HTTPServer?>(nil)

    init(_ endpoints: [SocketIO]) {
        self.endpoints = endpoints
    }

    /// Includes the number of connections of `server`.
    func watch(_ server: HTTPServer) {
        self.server.withLock { $0 = server }
    }

    var current: Numbers {
        let numbers = endpoints.map(\.statistics)
        func sum(_ number: (SocketIOStatistics) -> Int) -> Int { numbers.reduce(0) { $0 + number($1) } }
        return Numbers(
            open: sum(\.open),
            sockets: sum(\.sockets),
            connections: server.withLock { $0?.connectionCount ?? 0 },
            sessionsTotal: sum(\.total),
            packetsIn: sum(\.packetsIn),
            packetsOut: sum(\.packetsOut),
            bytesIn: sum(\.bytesIn),
            bytesOut: sum(\.bytesOut),
            objects: ["Connection": sum(\.liveConnections), "Socket": sum(\.sockets)]
        )
    }
}
