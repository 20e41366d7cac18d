#if Tracing
import Gust
import GustTesting
import GustTracing
import InMemoryTracing
import Testing
import Tracing

/// The snippets of `Tracing.md`.
@Suite struct TracingArticle {
    private func charge(_ number: Int) async throws { await Task.yield() }

    @Test func `requests and events have spans`() throws {
        var app = Application()
        var settings = SocketIOSettings()
        settings.tracing = EventTracing()
        let io = SocketIO(settings)
        app.use(HTTPTracing())
        app.add(io.routes())
        io["/"].on("order") { (_: Socket, number: Int) async throws in
            try await withSpan("charge") { span in
                span.attributes["order.number"] = number
                try await charge(number)
            }
        }
        _ = try app.router()
        #expect(settings.tracing != nil)
    }
}
#endif
