import GustHTTP
import HTTPTypes
import NIOEmbedded
import Synchronization
import Testing

/// A handler inside of a middleware.
@Suite struct MiddlewareTests {
    /// A handler that records its calls.
    private final class Inner: SelfCheckingHandler {
        let calls = Mutex<[String]>([])
        let problem: String? = "a problem"

        func answer(_ request: Request) -> Answer {
            calls.withLock { $0.append("answer") }
            return .ready(Response("inner"))
        }

        func shutDown() { calls.withLock { $0.append("shutDown") } }
    }

    /// A middleware that changes nothing.
    private struct Plain: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer { next.answer(request) }
    }

    @Test func `requests, self-checks and shutdown reach a wrapped handler`() async throws {
        let inner = Inner()
        for wrapped in [Plain().wrapping(inner), ClosureMiddleware { try await $1.respond(to: $0) }.wrapping(inner)] {
            inner.calls.withLock { $0 = [] }
            let request = Request(
                method: .get,
                target: try #require(RequestTarget("/")),
                executor: LoopExecutor(EmbeddedEventLoop())
            )
            #expect(try await wrapped.respond(to: request).status == .ok)
            wrapped.shutDown()
            #expect(inner.calls.withLock { $0 } == ["answer", "shutDown"])
            #expect((wrapped as? any SelfCheckingHandler)?.problem == "a problem")
        }
    }
}
