import Gust
import GustHTTP
import GustTesting
import GustWeb
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Middleware that bounds, caches and admits, with streams, uploads and sockets, in memory and over TCP.
@Suite(.leavesNothing) struct ProtectionTests {
    /// All of it around one application.
    private func protected(_ io: SocketIO) throws -> Application {
        var app = Application()
        app.use(LoadShedding(above: .seconds(3_600)))
        app.use(ConcurrencyLimit(50, waiting: 10))
        app.use(RateLimit(1_000, per: .seconds(60)) { _ in "everybody" })
        app.use(AnyOf(BearerAuthentication(tokens: ["key"]), try AddressRestriction(allowing: ["unix", "127.0.0.1"])))
        app.use(Every(SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'"), ServerTiming { _ in true }))
        app.use(LanguageChoice(["en", "de"]))
        app.use(ResponseCache(lifetime: .seconds(60)))
        app.use(EntityTags())
        app.use(Compress(minimumLength: 0))
        app.use(Except("/nowhere", use: Decompress()))
        app.add(io.routes())
        return app
    }

    @Test(arguments: ClientProfile.all)
    func `clients of every generation connect and send through all of it`(profile: ClientProfile) async throws {
        let io = SocketIO()
        io.onConnect { socket in
            socket.onMessage { message in socket.send(message) }
        }
        let client = TestClient(try protected(io).router())
        for text in ["one", "two"] {
            let socket = try await client.open(profile)
            try await socket.send(text)
            #expect(try await socket.nextMessage() == .text(text))
        }
    }

    private struct Note: Codable, Sendable {
        let text: String
    }

    /// `{"text":"hello"}` in gzip.
    private static let json = ByteBuffer(bytes: [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xFF, 0xAB, 0x56, 0x2A, 0x49, 0xAD, 0x28, 0x51, 0xB2,
        0x52,
        0xCA, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xAA, 0x05, 0x00, 0x3C, 0xAA, 0xDC, 0x89, 0x10, 0x00, 0x00, 0x00,
    ])

    @Test(arguments: TestDepth.allCases)
    func `compressed bodies are decoded as JSON and as events of a poll`(depth: TestDepth) async throws {
        let io = SocketIO()
        var app = try protected(io)
        app.post("/notes") { request in try await request.decode(Note.self).text }
        app.post("/refused") { request in
            _ = try await request.body.collect(upTo: 10)
            return "collected"
        }
        try await TestClient.with(app.router(), at: depth) { client async throws in
            let headers: HTTPFields = [.contentType: "application/json", .contentEncoding: "gzip"]
            for _ in 0..<2 {
                let note = try await client.execute(.post, "/notes", headers: headers, body: Self.json)
                #expect(note.text == "hello")
            }
            let cut = try #require(Self.json.getSlice(at: 0, length: 20))
            #expect(try await client.execute(.post, "/notes", headers: headers, body: cut).status == .badRequest)
            let long = try await client.execute(.post, "/refused", headers: headers, body: Self.json)
            #expect(long.status == .contentTooLarge)
            let other: HTTPFields = [.contentEncoding: "br"]
            let refused = try await client.execute(.post, "/notes", headers: other, body: Self.json)
            #expect(refused.status == .unsupportedMediaType)
            #expect(refused.headers[.acceptEncoding] == "gzip, deflate")
            #expect(try await client.execute(.post, "/notes", headers: headers, body: Self.json).text == "hello")
        }
    }

    @Test(arguments: TestDepth.allCases)
    func `a stream keeps its place until its client is gone`(depth: TestDepth) async throws {
        var app = Application()
        app.use(ConcurrencyLimit(1))
        app.get("/stream") { _ in Response(body: .stream { $0.write(ByteBuffer(string: "begun")) }) }
        app.get("/page") { _ in "page" }
        try await TestClient.with(app.router(), at: depth) { client async throws in
            for _ in 0..<2 {
                let stream = try await client.start(.get, "/stream")
                #expect(try await stream.partialText(with: "begun") == "begun")
                let refused = try await client.get("/page")
                #expect(refused.status == .serviceUnavailable)
                #expect(refused.headers[.retryAfter] == "1")
                try await stream.abort()
                while try await client.get("/page").status != .ok { await client.settle() }
            }
        }
    }

    @Test func `a request waits for its turn, or until it has waited long enough`() async throws {
        var app = Application()
        app.use(ConcurrencyLimit(1, waiting: 1, atMost: .seconds(2)))
        app.get("/slow") { request async throws in
            try await request.eventLoop.scheduleTask(in: .seconds(5)) {}.futureResult.get()
            return "slow"
        }
        app.get("/page") { _ in "page" }
        let client = TestClient(try app.router())
        let slow = try await client.start(.get, "/slow")
        let late = try await client.start(.get, "/page")
        #expect(try await client.get("/page").status == .serviceUnavailable)
        await client.advance(by: .milliseconds(2_100))
        #expect(try await late.response().status == .serviceUnavailable)
        await client.advance(by: .milliseconds(1_900))
        let inTime = try await client.start(.get, "/page")
        #expect(try await inTime.finishedResponse() == nil)
        #expect(try await client.get("/page").status == .serviceUnavailable)
        await client.advance(by: .milliseconds(1_100))
        #expect(try await slow.response().text == "slow")
        #expect(try await inTime.response().text == "page")
    }

    @Test func `the lag of a loop is noticed while it is blocked, and after it`() async throws {
        let loop = NIOSingletons.posixEventLoopGroup.any()
        let executor = LoopExecutor(loop)
        let (before, during, after) = try await loop.flatSubmit {
            let before = executor.lag.current()
            let end = NIODeadline.now() + .milliseconds(60)
            while .now() < end {}
            let during = executor.lag.current()
            // The probe is overdue, so it runs before a task whose time is now.
            return loop.scheduleTask(in: .zero) { (before, during, executor.lag.current()) }.futureResult
        }
        .get()
        #expect(before == .zero)
        #expect(during >= .milliseconds(50))
        #expect(after >= .milliseconds(50))
    }
}
