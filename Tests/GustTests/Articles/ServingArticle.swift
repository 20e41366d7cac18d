import Gust
import GustServing
import GustTesting
import Testing

/// The snippets of `Serving.md`.
@Suite(.leavesNothing) struct ServingArticle {
    private struct Database: Sendable {
        func ping() async throws {}
    }

    private func serve(_ app: Application, _ health: Health) async throws {
        var settings = ServingSettings()
        settings.restart = Restart()
        settings.health = health
        try await app.run(on: [.tcp("::", 8080), .unix("/run/gust.sock", mode: 0o660), .inherited], settings)
    }

    @Test func `the defaults are those of the tables`() {
        let drain = Drain()
        #expect(drain.delay == .zero)
        #expect(drain.window == .seconds(5))
        #expect(drain.deadline == .seconds(30))
        var settings = ServingSettings()
        #expect(settings.restart == nil && settings.health == nil)
        settings.drain = Drain(delay: .seconds(5), window: .seconds(20), deadline: .seconds(60))
        #expect(settings.drain.window == .seconds(20))
    }

    @Test func `a listener behind proxies takes addresses and ranges`() throws {
        let listener = try Listener.tcp("0.0.0.0", 8080).behindProxies(["127.0.0.1", "10.0.0.0/8"])
        _ = listener
    }

    @Test func `a check is a part of the readiness`() async throws {
        let database = Database()
        let health = Health()
        health.check("database", within: .seconds(1)) { try await database.ping() }
        let client = TestClient(health.handler(around: try Application().router()))
        #expect(try await client.get("/ready").text == #"{"checks":{"database":[{"status":"pass"}]},"status":"pass"}"#)
    }
}
