import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustStreams

/// Bodies that asynchronous code writes, on a loop that the test turns.
@Suite struct StreamTests {
    private let loop = EmbeddedEventLoop()
    private var writer: HeldBodyWriter { HeldBodyWriter(loop) }

    /// An error whose text the client must not see.
    private struct Secret: Error {}

    @Test func `pieces are sent in order, and the response ends with the closure`() {
        let writer = writer
        writer.begin(
            Response(type: "text/plain") { body in
                try await body.write("a")
                try await body.write(ByteBuffer(string: "b"))
            }
        )
        loop.run()
        #expect(writer.pieces == ["a", "b"])
        #expect(writer.end == .finished)
        #expect(writer.headers[.contentType] == "text/plain")
    }

    @Test func `a call waits until the connection has room`() {
        let writer = writer
        writer.room = 2
        writer.begin(
            Response(stream: { body in
                for number in 0..<5 { try await body.write("\(number)") }
            })
        )
        loop.run()
        #expect(writer.pieces == ["0", "1"])
        writer.room = 1
        writer.isWritable = true
        loop.run()
        #expect(writer.pieces == ["0", "1", "2"])
        #expect(writer.end == nil)
        writer.room = .max
        writer.isWritable = true
        loop.run()
        #expect(writer.pieces == ["0", "1", "2", "3", "4"])
        #expect(writer.end == .finished)
    }

    @Test func `the pieces of several tasks are sent in the order of the calls`() {
        let writer = writer
        writer.isWritable = false
        writer.begin(
            Response(stream: { body in
                async let first: Void = body.write("1")
                async let second: Void = body.write("2")
                _ = try await (first, second)
                try await body.write("3")
            })
        )
        loop.run()
        #expect(writer.pieces.isEmpty)
        writer.isWritable = true
        loop.run()
        #expect(writer.pieces.sorted() == ["1", "2", "3"])
        #expect(writer.pieces.last == "3")
    }

    @Test(arguments: [true, false])
    func `the task is cancelled when the client disconnects`(isWaiting: Bool) {
        let writer = writer
        let outcome = Mutex("running")
        let (clock, continuation) = AsyncStream.makeStream(of: Int.self)
        if isWaiting { writer.room = 1 }
        writer.begin(
            Response(stream: { body in
                do {
                    try await body.write("a")
                    if isWaiting { try await body.write("b") }
                    for await _ in clock {}
                    try Task.checkCancellation()
                } catch is CancellationError {
                    outcome.withLock { $0 = "cancelled" }
                }
            })
        )
        loop.run()
        writer.leave()
        loop.run()
        #expect(outcome.withLock { $0 } == "cancelled")
        #expect(writer.end == nil)
        continuation.finish()
    }

    @Test func `a write after the end of the response throws`() throws {
        let writer = writer
        let kept = Mutex<BodyWriter?>(nil)
        writer.begin(Response(stream: { body in kept.withLock { $0 = body } }))
        loop.run()
        let body = try #require(kept.withLock { $0 })
        #expect(body.isOver)
        let isRefused = Mutex(false)
        Task.startingInPlace(on: writer.executor) {
            do { try await body.write("late") } catch { isRefused.withLock { $0 = error is CancellationError } }
        }
        loop.run()
        #expect(isRefused.withLock { $0 })
        #expect(writer.pieces.isEmpty)
    }

    @Test func `an HTTPError before the first piece is the response`() {
        let writer = writer
        writer.begin(Response(stream: { _ in throw HTTPError(.conflict, "taken", headers: [.retryAfter: "1"]) }))
        loop.run()
        #expect(writer.status == .conflict)
        #expect(writer.headers[.retryAfter] == "1")
        #expect(writer.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(writer.pieces == ["taken"])
        #expect(writer.end == .finished)
        #expect(writer.reported.isEmpty)
    }

    @Test func `another error before the first piece is answered with 500 without its text, and logged`() {
        let writer = writer
        writer.begin(Response(stream: { _ in throw Secret() }))
        loop.run()
        #expect(writer.status == .internalServerError)
        #expect(writer.pieces == ["Internal Server Error"])
        #expect(writer.reported.first is Secret)
    }

    @Test func `an error after the first piece cuts the response off, and is logged`() {
        let writer = writer
        writer.begin(
            Response(stream: { body in
                try await body.write("a")
                throw Secret()
            })
        )
        loop.run()
        #expect(writer.pieces == ["a"])
        #expect(writer.end == .aborted)
        #expect(writer.reported.first is Secret)
    }

    @Test func `for HEAD the closure runs up to its first piece`() {
        let writer = writer
        writer.carriesBody = false
        let count = Mutex(0)
        writer.begin(
            Response(stream: { body in
                while true {
                    count.withLock { $0 += 1 }
                    try await body.write("x")
                }
            })
        )
        loop.run()
        #expect(count.withLock { $0 } == 1)
        #expect(writer.pieces.isEmpty)
        #expect(writer.end == .finished)
    }

    @Test func `early hints are sent before the head, and trailers are set`() {
        let writer = writer
        writer.begin(
            Response(stream: { body in
                await body.sendEarlyHints([.contentLanguage: "en"])
                await body.setTrailers([.server: "x"])
                try await body.write("a")
            })
        )
        loop.run()
        #expect(writer.interim == [103])
        #expect(writer.trailers == [.server: "x"])
    }

    @Test(arguments: [true, false])
    func `a response ends at shutdown if it was made so`(untilShutdown: Bool) {
        let writer = writer
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        writer.begin(.stream(stream, untilShutdown: untilShutdown))
        continuation.yield("a")
        loop.run()
        writer.onShutdown?()
        loop.run()
        #expect(writer.pieces == ["a"])
        #expect(writer.end == (untilShutdown ? .finished : nil))
        continuation.finish()
        loop.run()
        #expect(writer.end == .finished)
    }

    @Test func `a sequence is asked for its next element only when there is room`() {
        let asked = Mutex(0)
        let numbers = AsyncStream<ByteBuffer> {
            asked.withLock { asked in
                asked += 1
                return asked > 4 ? nil : ByteBuffer(string: "\(asked)")
            }
        }
        let writer = writer
        writer.room = 2
        writer.begin(.stream(numbers))
        loop.run()
        #expect(writer.pieces == ["1", "2"])
        #expect(asked.withLock { $0 } == 3)
        writer.room = .max
        writer.isWritable = true
        loop.run()
        #expect(writer.pieces == ["1", "2", "3", "4"])
        #expect(writer.end == .finished)
    }
}
