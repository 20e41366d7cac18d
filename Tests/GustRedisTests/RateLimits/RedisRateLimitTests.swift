#if Redis
import Gust
import GustHTTP
import GustRedis
import GustTesting
import HTTPTypes
import InMemoryLogging
import Logging
import NIOCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedisRateLimitTests {
    @Test func `a burst is allowed, and then the limit holds for all nodes`() async throws {
        let server = try await RedisServerProcess()
        let (one, two) = (server.client(), server.client())
        let limits = [one, two].map { RedisRateLimit($0, "a", 4, per: .seconds(3_600), timeout: .seconds(20)) }
        var remaining: [Int] = []
        for number in 0..<4 {
            guard case .allowed(let rest) = await limits[number % 2].take("ada") else { break }
            remaining.append(rest)
        }
        #expect(remaining == [3, 2, 1, 0])
        guard case .refused(let pause) = await limits[0].take("ada") else {
            Issue.record("the fifth is allowed")
            return
        }
        #expect(pause > .seconds(800) && pause <= .seconds(900))
        #expect(await limits[0].take("bob").isAllowed)
        await one.close()
        await two.close()
    }

    @Test func `what is refused isn't counted, and after the pause one is allowed`() async throws {
        let server = try await RedisServerProcess()
        let client = server.client()
        let limit = RedisRateLimit(client, "a", 1, per: .milliseconds(200), timeout: .seconds(20))
        #expect(await limit.take("ada").isAllowed)
        // A refusal that counted would prolong the pause without end.
        let start = ContinuousClock.now
        while await !limit.take("ada").isAllowed {}
        #expect(ContinuousClock.now - start < .seconds(10))
        while try await client.send(RedisCommand("EXISTS", "gust:rate:a:ada")).integer != 0 {}
        await client.close()
    }

    @Test func `requests above the limit are 429 with the time to wait`() async throws {
        let server = try await RedisServerProcess()
        let redis = server.client()
        var app = Application()
        app.use(
            RedisRateLimit(redis, "api", 2, per: .seconds(3_600), timeout: .seconds(20)) { $0.headers[.authorization] }
        )
        app.get("/") { _ in "hello" }
        let client = TestClient(try app.router())
        for _ in 0..<5 { #expect(try await client.get("/").status == .ok) }
        client.setHeaders([.authorization: "ada"])
        for _ in 0..<2 { #expect(try await client.get("/").status == .ok) }
        let refused = try await client.get("/")
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.retryAfter].flatMap { Int($0) }.map { 1_700...1_800 ~= $0 } == true)
        await redis.close()
    }

    @Test func `packet middleware drops the events of a user above the limit, on all of the user's sockets`()
        async throws
    {
        let server = try await RedisServerProcess()
        let redis = server.client()
        let limit = RedisRateLimit(redis, "events", 3, per: .seconds(3_600), timeout: .seconds(20))
        let received = Mutex(0)
        let io = SocketIO()
        io.onConnect { socket in
            socket.use { event in
                guard event.name == "message" else { return }
                guard await limit.take("ada").isAllowed else { return event.drop() }
            }
            socket.on("message") { received.withLock { $0 += 1 } }
            socket.on("end") { "done" }
        }
        var app = Application()
        app.add(io.routes())
        let client = TestClient(try app.router())
        for _ in 0..<2 {
            let socket = try await client.open()
            for _ in 0..<2 { try await socket.emit("message") }
            // Events keep their order.
            #expect(try await socket.emitWithAcknowledgement("end") == [#""done""#])
        }
        #expect(received.withLock { $0 } == 3)
        await redis.close()
    }

    @Test func `without Redis everything is allowed or refused, as chosen, which is logged once and counted`()
        async throws
    {
        let server = try await RedisServerProcess()
        let redis = server.client()
        server.stop()
        let handler = InMemoryLogHandler()
        let logger = Logger(label: "limit") { _ in handler }
        let lenient = RedisRateLimit(redis, "a", 1, per: .seconds(3_600), logger: logger)
        for _ in 0..<3 { #expect(await lenient.take("ada") == .undecided(isAllowed: true)) }
        #expect(lenient.undecidedCount == 3)
        #expect(handler.entries.count == 1)
        #expect(handler.entries.first.map { "\($0.message)".contains("so that everything is allowed") } == true)
        var app = Application()
        app.use(RedisRateLimit(redis, "b", 1, per: .seconds(3_600), withoutRedis: .refuse, logger: logger) { _ in "" })
        app.get("/") { _ in "hello" }
        let response = try await TestClient(try app.router()).get("/")
        #expect(response.status == .serviceUnavailable)
        await redis.close()
    }
}
#endif
