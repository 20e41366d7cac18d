#if Redis
import Gust
import GustRedis
import GustSessions
import GustTesting
import HTTPTypes
import Testing

/// The snippets of `Clusters.md`.
@Suite struct ClustersArticle {
    private func serve() -> SocketIO {
        let redis = RedisClient(RedisSettings(.host("10.0.0.7")))
        var settings = SocketIOSettings()
        settings.adapter = RedisAdapter(redis).adapter(for:)
        let io = SocketIO(settings)
        return io
    }

    private func emit(_ redis: RedisClient) async throws {
        let emitter = RedisEmitter(RedisAdapter(redis))
        try await emitter.to("lobby").emit("news", "hello")
        try await emitter.of("/chat").to("lobby").disconnect()
    }

    private func limit(_ app: inout Application, _ redis: RedisClient) throws {
        app.use(try Sessions(store: RedisSessionStore(redis)))
        app.use(RedisRateLimit(redis, "api", 100, per: .seconds(60)))
    }

    @Test func `the examples of the article serve and emit`() async throws {
        let server = try await RedisServerProcess()
        let redis = server.client()
        try await emit(redis)
        var app = Application()
        try limit(&app, redis)
        app.get("/") { _ in "hello" }
        #expect(try await TestClient(try app.router()).get("/").status == .ok)
        _ = serve
        await redis.close()
    }
}
#endif
