#if Tracing
import Gust
import GustTesting
import GustWire
import InMemoryTracing
import Synchronization
import Testing
import Tracing

@testable import GustTracing

/// A span for each event.
@Suite struct EventTracingTests {
    private let tracer = InMemoryTracer()
    private let io: SocketIO
    private let client: TestClient

    init() throws {
        var settings = SocketIOSettings()
        settings.tracing = EventTracing(tracer)
        io = SocketIO(settings)
        var app = Application()
        app.use(HTTPTracing(tracer))
        app.add(io.routes())
        client = TestClient(try app.router())
    }

    private var events: [FinishedInMemorySpan] { tracer.finishedSpans.filter { $0.kind == .consumer } }

    @Test func `an event has a span of a trace of its own, with a link to the handshake`() async throws {
        io["/"].on("move") { (_: Socket, _: Int) in }
        let socket = try await client.open()
        _ = try await socket.emitWithAcknowledgement("move", 1)
        try await socket.emit("made-up", 1)
        _ = try await socket.emitWithAcknowledgement("move", 2)
        let handshake = try #require(tracer.finishedSpans.first { $0.kind == .server })
        #expect(handshake.attributes.get("http.response.status_code") == .int64(101))
        let spans = events
        #expect(spans.map(\.operationName) == ["event move", "event other", "event move"])
        #expect(Set(spans.map(\.traceID) + [handshake.traceID]).count == 4)
        #expect(spans.allSatisfy { $0.parentSpanID == nil })
        #expect(
            spans.map { $0.links.map(\.context.inMemorySpanContext?.spanID) }
                == Array(repeating: [handshake.spanID], count: 3)
        )
        #expect(spans[0].attributes.get("messaging.destination.name") == .string("/"))
        try await socket.disconnect()
    }

    @Test func `the span is the context of the handlers, and ends when the last task has ended`() async throws {
        let tracer = tracer
        let gate = Gate()
        io["/"].on("work") { (_: Socket) in tracer.startSpan("first").end() }
        io["/"].on("work") { (_: Socket) async in
            await gate.wait()
            tracer.startSpan("second").end()
        }
        let socket = try await client.open()
        try await socket.emit("work")
        await client.settle()
        #expect(tracer.activeSpans.map(\.operationName) == ["event work"])
        gate.open()
        try await client.wait(for: "the end of the span") { tracer.activeSpans.isEmpty }
        let spans = Array(tracer.finishedSpans.suffix(3))
        #expect(spans.map(\.operationName) == ["first", "second", "event work"])
        #expect(spans[0].parentSpanID == spans[2].spanID)
        #expect(spans[1].parentSpanID == spans[2].spanID)
        try await socket.disconnect()
    }

    @Test func `errors of handlers and of arguments are recorded`() async throws {
        struct Failure: Error {}
        io.onError { _, _, _ in }
        io["/"].on("sync") { (_: Socket, _: Int) in throw Failure() }
        io["/"].on("async") { (_: Socket, _: Int) async throws in
            await Task.yield()
            throw Failure()
        }
        let socket = try await client.open()
        _ = try await socket.emitWithAcknowledgement("sync", 1)
        _ = try await socket.emitWithAcknowledgement("async", 1)
        _ = try await socket.emitWithAcknowledgement("sync", "text")
        let tracer = tracer
        try await client.wait(for: "the spans") { tracer.finishedSpans.count == 4 }
        #expect(events.map { $0.errors.first?.error is Failure } == [true, true, false])
        #expect(events.map(\.errors.count) == [1, 1, 1])
        #expect(events.allSatisfy { $0.status?.code == .error })
        try await socket.disconnect()
    }
}

/// Suspends one caller of `wait()` until the test calls `open()`.
private final class Gate: Sendable {
    private let waiting = Mutex<CheckedContinuation<Void, Never>?>(nil)
    func wait() async {
        await withCheckedContinuation { continuation in waiting.withLock { $0 = continuation } }
    }
    func open() { waiting.withLock { $0.take() }?.resume() }
}
#endif
