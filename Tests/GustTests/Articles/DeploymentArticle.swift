import Gust
import GustTesting
import Testing

/// The snippets of `Deployment.md`.
@Suite(.leavesNothing) struct DeploymentArticle {
    private func serve(_ app: Application) async {
        await Application.main {
            var configuration = HTTPServer.Configuration(host: "0.0.0.0", port: 80)
            configuration.limits.maximumConnections = 20_000
            configuration.limits.maximumConnectionsPerAddress = 200
            configuration.limits.headTimeout = .seconds(5)
            try await app.run(configuration)
        }
    }

    @Test func `a client that sends too much loses events, and one without a user agent is refused`() async throws {
        var app = Application()
        var limited = SocketIOSettings()
        limited.outbox.maximumPackets = 100
        limited.outbox.policy = .dropOldest
        limited.eventRate = EventRate(perSecond: 10, burst: 20, policy: .drop)
        limited.admit = { request in
            guard request.headers[.userAgent] != nil else { throw HTTPError(.forbidden, "no user agent") }
        }
        let positions = SocketIO(limited)
        app.add(positions.routes("positions"))
        positions.onConnect { socket in
            socket.on("at") { (number: Int) in socket.emit("at", number) }
        }
        let client = TestClient(try app.router())
        await #expect(throws: TestError.self) { try await client.open("/positions") }
        client.setHeaders([.userAgent: "test"])
        let socket = try await client.open("/positions")
        for number in 1...25 { try await socket.emit("at", number) }
        for number in 1...20 { #expect(try await socket.next() == .event("at", ["\(number)"])) }
        #expect(try await socket.nextIfAny() == nil)
    }

    @Test func `an endpoint refuses pages of other origins, and counts its connections`() async throws {
        var settings = SocketIOSettings()
        settings.origins = .list(["https://example.com"])
        settings.maximumConnections = 10_000
        let io = SocketIO(settings)
        var app = Application()
        app.use(try TrustedProxies(["127.0.0.1", "10.0.0.0/8"], reading: .xForwarded(.for, .proto)))
        app.use(RequestID(keepsIncoming: true))
        app.use(AccessLog(app.logger))
        app.use(BodyLimit(256 << 10))
        app.use(Timeout(.seconds(30)))
        app.add(io.routes())
        app.get("/health") { _ in
            let numbers = io.statistics
            return "\(numbers.open) connections, \(numbers.bytesOut) bytes sent"
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/health").text == "0 connections, 0 bytes sent")
        client.setHeaders([.origin: "https://example.org"])
        await #expect(throws: TestError.self) { try await client.open() }
        client.setHeaders([.origin: "https://example.com"])
        _ = try await client.open()
        #expect(try await client.get("/health").text.hasPrefix("1 connections"))
    }
}
