import Gust
import GustTesting
import InMemoryLogging
import Logging
import Synchronization
import Testing

@testable import GustServing

/// The paths that answer whether a server lives and is ready.
@Suite struct HealthTests {
    private struct Down: Error {}

    private let logs = InMemoryLogHandler()

    /// A client of an application whose middleware refuses everything.
    private func client(_ health: Health) throws -> TestClient {
        var app = Application()
        app.use { _, _ in throw HTTPError(.forbidden) }
        app.get("/health") { _ in "the application's" }
        health.logger = Logger(label: "test") { _ in logs }
        return TestClient(health.handler(around: try app.router()))
    }

    @Test func `the paths are answered in front of all middleware`() async throws {
        let client = try client(Health())
        let health = try await client.get("/health")
        #expect(health.status == .ok)
        #expect(health.text == #"{"status":"pass"}"#)
        #expect(health.headers[.contentType] == "application/health+json")
        #expect(health.headers[.cacheControl] == "no-store")
        #expect(try await client.get("/ready").text == #"{"status":"pass"}"#)
        #expect(try await client.get("/other").status == .forbidden)
        #expect(try await client.post("/ready", body: "").status == .methodNotAllowed)
    }

    @Test func `other paths can be chosen`() async throws {
        let client = try client(Health(liveness: "/live", readiness: "/up"))
        #expect(try await client.get("/live").status == .ok)
        #expect(try await client.get("/up").status == .ok)
        #expect(try await client.get("/health").status == .forbidden)
    }

    @Test func `a server that starts or stops lives, but isn't ready`() async throws {
        let health = Health()
        let client = try client(health)
        for (state, text) in [(Health.State.starting, "starting"), (.stopping, "stopping")] {
            health.state = state
            let ready = try await client.get("/ready")
            #expect(ready.status == .serviceUnavailable)
            #expect(ready.text == #"{"output":"the server is \#(text)","status":"fail"}"#)
            #expect(try await client.get("/health").status == .ok)
        }
    }

    @Test func `a failed check is named without its reason, which is logged`() async throws {
        let health = Health()
        health.check("database") { throw Down() }
        health.check("mail") {}
        let ready = try await client(health).get("/ready")
        #expect(ready.status == .serviceUnavailable)
        #expect(
            ready.text
                == #"{"checks":{"database":[{"output":"failed","status":"fail"}],"mail":[{"status":"pass"}]},"status":"fail"}"#
        )
        #expect(
            logs.entries.map { "\($0.message) \($0.metadata["error"].map { "\($0)" } ?? "")" } == [
                "a health check failed Down()"
            ]
        )
    }

    @Test func `a check that takes too long fails, and isn't started again while it runs`() async throws {
        let health = Health(cacheTime: .zero)
        let calls = Mutex(0)
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        // The task of the check ignores its cancellation.
        health.check("stuck", within: .milliseconds(20)) {
            calls.withLock { $0 += 1 }
            await Task { for await _ in ends {} }.value
        }
        let client = try client(health)
        for _ in 0..<3 {
            let ready = try await client.get("/ready")
            #expect(ready.text == #"{"checks":{"stuck":[{"output":"took too long","status":"fail"}]},"status":"fail"}"#)
        }
        #expect(calls.withLock { $0 } == 1)
        continuation.finish()
    }

    @Test func `checks run at the same time`() async throws {
        let health = Health()
        let (first, firstContinuation) = AsyncStream.makeStream(of: Void.self)
        let (second, secondContinuation) = AsyncStream.makeStream(of: Void.self)
        // Each check ends after the other has begun.
        health.check("a") {
            firstContinuation.finish()
            for await _ in second {}
        }
        health.check("b") {
            secondContinuation.finish()
            for await _ in first {}
        }
        #expect(try await client(health).get("/ready").status == .ok)
    }

    @Test func `results are used again for the cache time, and by requests at the same time`() async throws {
        let calls = Mutex(0)
        let cached = Health(cacheTime: .seconds(3_600))
        cached.check("a") { calls.withLock { $0 += 1 } }
        let client = try client(cached)
        async let one = client.get("/ready")
        async let two = client.get("/ready")
        #expect(try await [one.status, two.status] == [.ok, .ok])
        #expect(try await client.get("/ready").status == .ok)
        #expect(calls.withLock { $0 } == 1)
        let uncached = Health(cacheTime: .zero)
        uncached.check("a") { calls.withLock { $0 += 1 } }
        let other = try self.client(uncached)
        _ = try await other.get("/ready")
        _ = try await other.get("/ready")
        #expect(calls.withLock { $0 } == 3)
    }

    @Test func `a check replaces the one with the same name`() async throws {
        let health = Health()
        health.check("a") { throw Down() }
        health.check("a") {}
        #expect(try await client(health).get("/ready").status == .ok)
    }
}
