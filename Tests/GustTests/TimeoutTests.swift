import Gust
import GustTesting
import GustWeb
import Testing

/// Handlers that take too long are answered with 503 and cancelled.
@Suite struct TimeoutTests {
    private func client() throws -> TestClient {
        var app = Application()
        app.use(Timeout(.seconds(5)))
        app.get("/never") { _ async throws -> String in
            // Ends only by cancellation.
            for await _ in AsyncStream<Void>.makeStream().stream {}
            return "late"
        }
        app.get("/deaf") { request async throws -> String in
            // Waits for the loop's clock and ignores cancellation.
            try await request.eventLoop.scheduleTask(in: .seconds(60)) {}.futureResult.get()
            return "late"
        }
        app.get("/soon") { request async throws -> String in
            try await request.eventLoop.scheduleTask(in: .seconds(4)) {}.futureResult.get()
            return "soon"
        }
        app.get("/now") { _ in "now" }
        return TestClient(try app.router())
    }

    @Test(arguments: ["/never", "/deaf"])
    func `a request whose handler takes too long is answered with 503`(path: String) async throws {
        let client = try client()
        let exchange = try await client.start(.get, path)
        await client.advance(by: .milliseconds(4_900))
        #expect(try await exchange.finishedResponse() == nil)
        await client.advance(by: .milliseconds(200))
        #expect(try await exchange.response().status == .serviceUnavailable)
    }

    @Test func `the response of a handler in time isn't changed`() async throws {
        let client = try client()
        #expect(try await client.get("/now").text == "now")
        let exchange = try await client.start(.get, "/soon")
        await client.advance(by: .milliseconds(4_500))
        #expect(try await exchange.response().text == "soon")
    }

    /// A route whose handler reports that it has begun and that it was cancelled, and ends only by cancellation.
    private func router(_ events: AsyncStream<String>.Continuation) throws -> Router {
        var app = Application()
        app.use(Timeout(.seconds(5)))
        app.get("/wait") { _ async throws -> String in
            events.yield("begun")
            await withTaskCancellationHandler {
                for await _ in AsyncStream<Void>.makeStream().stream {}
            } onCancel: {
                events.yield("cancelled")
            }
            return "late"
        }
        return try app.router()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a handler that takes too long is cancelled`() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        let client = TestClient(try router(continuation))
        let exchange = try await client.start(.get, "/wait")
        await client.advance(by: .seconds(6))
        #expect(try await exchange.response().status == .serviceUnavailable)
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == "begun")
        #expect(await iterator.next() == "cancelled")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a handler whose client disconnects is cancelled`() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        // In memory, a client can't disconnect.
        try await TestClient.with(try router(continuation), at: .tcp) { client async throws in
            let exchange = try await client.start(.get, "/wait")
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == "begun")
            try await exchange.abort()
            #expect(await iterator.next() == "cancelled")
        }
    }
}
