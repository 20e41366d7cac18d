import ArgumentParser
import Gust
import GustForwarding

#if Redis
import GustRedis

/// The cluster of servers that share a Redis.
struct EchoCluster: Sendable {
    private let client: RedisClient
    private let state = ClusterEvents.Port()

    /// The port of this server.
    var port: Int {
        get { state.current }
        nonmutating set { state.current = newValue }
    }

    /// Sets the adapter.
    ///
    /// - Throws: An error if there is no adapter of this name.
    init(redisPort: Int, adapter: String, _ settings: inout SocketIOSettings) throws {
        client = RedisClient(RedisSettings(.host("127.0.0.1", port: redisPort)))
        // bytes: a command-line option of the operator.
        switch adapter {
        case "redis": settings.adapter = RedisAdapter(client).adapter(for:)
        case "redis-sharded": settings.adapter = RedisShardedAdapter(client).adapter(for:)
        case "redis-streams": settings.adapter = RedisStreamsAdapter(client).adapter(for:)
        default: throw ValidationError("--adapter is redis, redis-sharded or redis-streams, not \(adapter)")
        }
    }

    /// Forwards requests of connections on other servers: by TCP on loopback, or by tunnels over Redis.
    ///
    /// - Throws: An error if there is no such way.
    func forward(by way: String, _ settings: inout SocketIOSettings) throws {
        // bytes: a command-line option of the operator.
        guard ["tcp", "bus"].contains(way) else {
            throw ValidationError("--forwarding is tcp or bus with --redis, not \(way)")
        }
        settings.forwarding = try SessionForwarding(
            secret: "EchoServer on one machine",
            directory: RedisNodeDirectory(client),
            // bytes: a command-line option of the operator.
            at: way == "bus" ? .bus : .tcp(host: "127.0.0.1", port: 0),
            bus: RedisBus(client)
        )
    }

    /// Registers the events of the contract for servers that share a Redis.
    func register(on io: SocketIO, _ namespaces: [SocketScope]) {
        let events = ClusterEvents(io: io, port: state)
        for namespace in namespaces { events.register(on: namespace) }
    }

    func close() async { await client.close() }
}
#else
/// A cluster needs the trait Redis.
struct EchoCluster: Sendable {
    var port: Int {
        get { 0 }
        nonmutating set {}
    }

    init(redisPort: Int, adapter: String, _ settings: inout SocketIOSettings) throws {
        throw ValidationError("--redis \(redisPort) can't be used: build with --traits Redis (or --enable-all-traits)")
    }

    func forward(by way: String, _ settings: inout SocketIOSettings) throws {}
    func register(on io: SocketIO, _ namespaces: [SocketScope]) {}
    func close() async {}
}
#endif
