import ArgumentParser
import Gust

#if Redis
import GustForwarding
import GustRedis

/// What connects several servers of the chat room: a Redis.
///
/// Events reach the people on all servers, a client that loses its server continues on another one, and a request that reaches another server
/// than that of its client is forwarded, so that the proxy needs no sticky sessions.
struct ChatCluster {
    private let client: RedisClient

    /// Connects to the Redis on a port of this machine, and changes the settings of the endpoint.
    ///
    /// - Throws: An error if forwarding can't be set up.
    init(redisPort: Int, secret: String, _ settings: inout SocketIOSettings) throws {
        client = RedisClient(RedisSettings(.host("127.0.0.1", port: redisPort)))
        settings.adapter = RedisStreamsAdapter(client).adapter(for:)
        settings.recovery = SocketIOSettings.Recovery()
        settings.forwarding = try SessionForwarding(
            secret: secret,
            directory: RedisNodeDirectory(client),
            at: .bus,
            bus: RedisBus(client)
        )
    }

    func close() async { await client.close() }
}
#else
/// Several servers of the chat room need the trait Redis.
struct ChatCluster {
    init(redisPort: Int, secret: String, _ settings: inout SocketIOSettings) throws {
        throw ValidationError("--redis \(redisPort) can't be used: build with --traits Redis, as make cluster does")
    }

    func close() async {}
}
#endif
