import Dispatch
import Gust
import GustTesting
import Testing

/// Blocking handlers beside other handlers on the same loop.
@Suite struct OffloadingTests {
    @Test(.timeLimit(.minutes(1)), arguments: TestDepth.allCases)
    func `a loop answers other requests while offloaded work blocks`(depth: TestDepth) async throws {
        let gate = DispatchSemaphore(value: 0)
        var app = Application()
        app.get("/blocking") { request in
            try await request.offload { gate.wait() }
            return request.eventLoop.inEventLoop ? "back on the loop" : "elsewhere"
        }
        app.get("/quick") { _ in "quick" }
        try await TestClient.with(try app.router(), at: depth) { client async throws in
            let exchange = try await client.start(.get, "/blocking")
            for _ in 0..<4 { #expect(try await client.get("/quick").text == "quick") }
            #expect(try await exchange.finishedResponse() == nil)
            gate.signal()
            #expect(try await exchange.response().text == "back on the loop")
        }
    }
}
