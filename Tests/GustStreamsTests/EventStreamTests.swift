import Gust
import GustHTTP
import GustTesting
import GustWeb
import GustZlib
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustStreams

/// Responses of server-sent events.
@Suite struct EventStreamTests {
    private let loop = EmbeddedEventLoop()

    /// The writer of a body, as long as somebody else holds it.
    ///
    /// `@unchecked Sendable`: used on the loop of the test only.
    private final class Kept: @unchecked Sendable {
        weak var body: BodyWriter?
    }

    @Test func `the head is sent at once`() {
        let writer = HeldBodyWriter(loop)
        writer.begin(.events(EventSource().stream))
        loop.run()
        #expect(writer.pieces == [":\n\n"])
        #expect(writer.headers[.contentType] == "text/event-stream")
        #expect(writer.headers[.cacheControl] == "no-cache")
        writer.leave()
        loop.run()
    }

    @Test func `the time after which the browser reconnects is sent first`() {
        let writer = HeldBodyWriter(loop)
        writer.begin(.events(EventSource().stream, retry: .seconds(2)))
        loop.run()
        #expect(writer.pieces == ["retry: 2000\n:\n\n"])
        writer.leave()
        loop.run()
    }

    @Test func `the time after which the browser reconnects precedes an event that is sent at once`() {
        let writer = HeldBodyWriter(loop)
        writer.begin(.events(retry: .seconds(2)) { events in try await events.send("a") })
        loop.run()
        #expect(writer.pieces == ["retry: 2000\ndata: a\n\n"])
        #expect(writer.end == .finished)
    }

    @Test func `each event is sent as a whole`() {
        let writer = HeldBodyWriter(loop)
        writer.begin(
            .events { events in
                try await events.send("a\nb", event: "x", id: "1")
                try await events.comment("hello\nthere")
                try await events.send(ServerSentEvent(nil, id: "2"))
            }
        )
        loop.run()
        #expect(writer.pieces == ["event: x\nid: 1\ndata: a\ndata: b\n\n", ": hello\n: there\n\n", "id: 2\n\n"])
        #expect(writer.end == .finished)
    }

    @Test func `a field that can't be sent is an error, and sends nothing`() {
        let writer = HeldBodyWriter(loop)
        let caught = Mutex("")
        writer.begin(
            .events { events in
                do { try await events.send("a", id: "1\n2") } catch { caught.withLock { $0 = "\(error)" } }
                try await events.send("b")
            }
        )
        loop.run()
        #expect(caught.withLock { $0 } == "the field `id` of a server-sent event must not contain a line break")
        #expect(writer.pieces == ["data: b\n\n"])
    }

    @Test func `an error that is thrown before the first event is the response`() {
        let writer = HeldBodyWriter(loop)
        writer.begin(.events { _ in throw HTTPError(.notFound) })
        loop.run()
        #expect(writer.status == .notFound)
        #expect(writer.pieces == ["Not Found"])
    }

    @Test func `a comment is sent after each interval without an event`() {
        let writer = HeldBodyWriter(loop)
        let source = EventSource()
        writer.begin(.events(source.stream, heartbeat: .seconds(10)))
        loop.advanceTime(by: .seconds(9))
        #expect(writer.pieces.count == 1)
        source.send(ServerSentEvent("a"))
        loop.advanceTime(by: .seconds(9))
        #expect(writer.pieces == [":\n\n", "data: a\n\n"])
        loop.advanceTime(by: .seconds(1))
        #expect(writer.pieces == [":\n\n", "data: a\n\n", ":\n\n"])
        loop.advanceTime(by: .seconds(30))
        #expect(writer.pieces.count == 6)
        writer.leave()
        loop.run()
    }

    @Test func `a client that doesn't read gets no heartbeats`() {
        let writer = HeldBodyWriter(loop)
        writer.begin(.events(EventSource().stream, heartbeat: .seconds(10)))
        loop.run()
        writer.isWritable = false
        loop.advanceTime(by: .seconds(100))
        #expect(writer.pieces.count == 1)
        writer.isWritable = true
        loop.advanceTime(by: .seconds(10))
        #expect(writer.pieces.count == 2)
        writer.leave()
        loop.run()
    }

    @Test func `no timer is left after the end`() {
        let writer = HeldBodyWriter(loop)
        let kept = Kept()
        writer.begin(
            .events { events in
                kept.body = events.body
                try await events.send("a")
            }
        )
        loop.run()
        #expect(writer.end == .finished)
        #expect(kept.body == nil)
    }

    @Test func `at shutdown the response ends behind the events that were sent`() {
        let writer = HeldBodyWriter(loop)
        let outcome = Mutex("")
        let source = EventSource()
        writer.begin(
            .events { events in
                try await events.send("1")
                do {
                    for await event in source.stream { try await events.send(event) }
                    try Task.checkCancellation()
                } catch {
                    outcome.withLock { $0 = "\(type(of: error))" }
                    throw error
                }
            }
        )
        loop.run()
        writer.onShutdown?()
        loop.run()
        #expect(writer.pieces == ["data: 1\n\n"])
        #expect(writer.end == .finished)
        #expect(outcome.withLock { $0 } == "CancellationError")
        #expect(writer.reported.isEmpty)
    }

    // MARK: Compression

    private func inflated(_ writer: HeldBodyWriter) throws -> String {
        var text = ByteBuffer()
        try Inflator(.gzip).write(writer.bytes, into: &text, limit: 1_000)
        return String(buffer: text)
    }

    @Test func `compressed events are flushed one by one`() throws {
        let writer = HeldBodyWriter(loop)
        let source = EventSource()
        let router = try source.router(Compress(compressesEvents: true))
        let target = try #require(RequestTarget("/"))
        let request = Request(
            method: .get,
            target: target,
            headers: [.acceptEncoding: "gzip"],
            executor: writer.executor
        )
        writer.begin(try #require(try router.answer(request).immediateResponse))
        #expect(writer.headers[.contentEncoding] == "gzip")
        #expect(try inflated(writer) == ":\n\n")
        source.send(ServerSentEvent("a"))
        loop.run()
        #expect(try inflated(writer) == ":\n\ndata: a\n\n")
        source.send(ServerSentEvent("b"))
        loop.run()
        #expect(try inflated(writer) == ":\n\ndata: a\n\ndata: b\n\n")
        source.finish()
        loop.run()
        #expect(writer.end == .finished)
    }
}
