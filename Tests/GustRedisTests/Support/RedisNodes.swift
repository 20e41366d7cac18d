#if Redis
import Gust
import GustHTTP
import GustRedis
import GustTesting
import Synchronization
import Testing

/// Servers on free loopback ports that share a Redis, with a client of each.
struct RedisNodes: Sendable {
    /// The adapters, by the names of `EchoServer --adapter`.
    enum Kind: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case classic = "redis"
        case sharded = "redis-sharded"
        case streams = "redis-streams"

        var testDescription: String { rawValue }
    }

    /// One server.
    struct Node: Sendable {
        let io: SocketIO
        let redis: RedisClient
        let traffic: RedisTraffic
        let client: TestClient
        let errors: Errors
    }

    /// The errors that a server has reported.
    final class Errors: Sendable {
        private let texts = Mutex<[String]>([])

        func add(_ error: any Error) { texts.withLock { $0.append("\(error)") } }

        var all: [String] { texts.withLock { $0 } }
    }

    let nodes: [Node]

    subscript(index: Int) -> Node { nodes[index] }

    /// Calls `body` when `count` servers are on the bus.
    ///
    /// - Parameters:
    ///   - count: How many servers.
    ///   - kind: Their adapter.
    ///   - server: The Redis.
    ///   - recovers: Whether clients can recover.
    ///   - proxies: Proxies between servers and Redis, by the number of the server.
    ///   - body: Is called with the servers.
    /// - Throws: The errors of `body`.
    static func with(
        _ count: Int,
        _ kind: Kind,
        on server: RedisServerProcess,
        recovers: Bool = false,
        proxies: [Int: FaultyProxy] = [:],
        _ body: (RedisNodes) async throws -> Void
    ) async throws {
        try await add([], count, kind, server, recovers, proxies, body)
    }

    private static func add(
        _ nodes: [Node],
        _ count: Int,
        _ kind: Kind,
        _ server: RedisServerProcess,
        _ recovers: Bool,
        _ proxies: [Int: FaultyProxy],
        _ body: (RedisNodes) async throws -> Void
    ) async throws {
        guard nodes.count < count else {
            for node in nodes {
                // The bus counts a server when it receives messages.
                while await node.io["/"].serverCount() < count { await Task.yield() }
            }
            return try await body(RedisNodes(nodes: nodes))
        }
        let proxy = proxies[nodes.count]
        let redis = server.client { if let proxy { $0.address = proxy.settings.address } }
        var settings = SocketIOSettings()
        if recovers { settings.recovery = SocketIOSettings.Recovery() }
        let traffic = join(&settings, kind, redis)
        let io = SocketIO(settings)
        let errors = Errors()
        io.onError { error, _, _ in errors.add(error) }
        serve(io, number: nodes.count)
        var app = Application()
        app.add(io.routes())
        try await TestClient.with(try app.router(), at: .tcp) { client async throws in
            let node = Node(io: io, redis: redis, traffic: traffic, client: client, errors: errors)
            try await add(nodes + [node], count, kind, server, recovers, proxies, body)
        }
        await redis.close()
    }

    private static func join(_ settings: inout SocketIOSettings, _ kind: Kind, _ redis: RedisClient) -> RedisTraffic {
        switch kind {
        case .classic:
            let adapter = RedisAdapter(redis)
            settings.adapter = adapter.adapter(for:)
            return adapter.traffic
        case .sharded:
            let adapter = RedisShardedAdapter(redis)
            settings.adapter = adapter.adapter(for:)
            return adapter.traffic
        case .streams:
            let adapter = RedisStreamsAdapter(redis)
            settings.adapter = adapter.adapter(for:)
            return adapter.traffic
        }
    }

    /// What the servers of these tests do.
    private static func serve(_ io: SocketIO, number: Int) {
        io.onConnect { socket in
            socket.data[SocketDataKey<Int>("number")] = number
            socket.on("join") { (room: String) in
                socket.join(room)
                return true
            }
        }
        io["/"].onServerSide("number") { (base: Int) in base + number }
    }

    /// A socket of each server.
    func open() async throws -> [TestSocket] {
        var sockets: [TestSocket] = []
        for node in nodes { sockets.append(try await node.client.open()) }
        return sockets
    }
}
#endif
