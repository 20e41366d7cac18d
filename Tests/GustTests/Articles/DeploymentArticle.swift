import Gust
import GustTesting
import GustWeb
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

    @Test func `the defaults of HTTPLimits and of the server are those of the tables`() {
        let limits = HTTPLimits()
        #expect(limits.targetLength == 8 << 10)
        #expect(limits.fieldLength == 16 << 10)
        #expect(limits.fieldCount == 100)
        #expect(limits.headLength == 64 << 10)
        #expect(limits.headTimeout == .seconds(10))
        #expect(limits.bodyTimeout == .seconds(30))
        #expect(limits.bodyProgress == 4 << 10)
        #expect(limits.idleTimeout == .seconds(75))
        #expect(limits.writeTimeout == .seconds(60))
        #expect(limits.maximumConnections == 0)
        #expect(limits.maximumConnectionsPerAddress == 0)
        let configuration = HTTPServer.Configuration()
        #expect(configuration.address == .host("127.0.0.1", port: 8080))
        #expect(configuration.loops == System.coreCount)
        #expect(configuration.shutdownTimeout == .seconds(10))
        #expect(configuration.acceptsWebSocketDrafts)
    }

    @Test func `the defaults of SocketIOSettings are those of the tables`() {
        let settings = SocketIOSettings()
        #expect(settings.maximumPayload == 1_000_000)
        #expect(settings.maximumAttachments == 10)
        #expect(settings.maximumAttachmentBytes == 10_000_000)
        #expect(settings.maximumNamespaces == 64)
        #expect(settings.maximumRooms == 1_000)
        #expect(settings.maximumAcknowledgements == 1_024)
        #expect(settings.maximumSuspendedHandlers == 64)
        #expect(settings.eventRate == nil)
        #expect(settings.pingInterval == nil && settings.pingTimeout == nil)
        #expect(settings.closeTimeout == nil && settings.pollDuration == nil)
        #expect(settings.connectTimeout == .seconds(45))
        #expect(settings.upgradeTimeout == .seconds(10))
        #expect(settings.allowsUpgrades && settings.deflate == nil && settings.endsWithSession)
        #expect(settings.metrics == nil && settings.metricsInterval == .seconds(10))
        #expect(settings.origins == .any)
        #expect(settings.maximumConnections == 100_000)
        #expect(settings.maximumConnectionsPerAddress == 10_000)
        #expect(settings.maximumAnnouncedConnections == 10_000)
        #expect(settings.maximumAnnouncedConnectionsPerAddress == 1_000)
        #expect(settings.maximumHandshakeSize == 8_192)
    }

    @Test func `an outbox and an event rate disconnect by default`() {
        let outbox = SocketIOSettings.OutboxLimits()
        #expect(outbox.maximumBytes == 1 << 20)
        #expect(outbox.maximumPackets == 1_024)
        #expect(outbox.policy == .disconnect)
        let rate = EventRate(perSecond: 10, burst: 20)
        #expect(rate.perSecond == 10)
        #expect(rate.burst == 20)
        #expect(rate.policy == EventRate.Policy.disconnect)
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
        if await !io.close(within: .seconds(10)) { print("some clients were cut off") }
        #expect(try await client.get("/health").text.hasPrefix("0 connections"))
    }
}
