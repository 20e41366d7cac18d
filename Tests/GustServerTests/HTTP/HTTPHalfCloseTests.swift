import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustServer

/// A client that shuts down its sending side receives its responses (RFC 9112 §9.6).
@Suite struct HTTPHalfCloseTests {
    private let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

    /// The responses in progress.
    ///
    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Writers: @unchecked Sendable {
        var all: [any ResponseWriter] = []
        var aborts = 0
    }

    /// Whether a handler was cancelled.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    private func parking() throws -> (Wire, Writers) {
        let writers = Writers()
        let wire = try Wire(
            ImmediateHandler { _ in
                Response(
                    body: .stream { writer in
                        writers.all.append(writer)
                        writer.onAbort = { writers.aborts += 1 }
                    }
                )
            }
        )
        return (wire, writers)
    }

    private func shutDownOutput(of wire: Wire) {
        wire.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    @Test func `a pending response is sent, then the connection is closed`() throws {
        let (wire, writers) = try parking()
        try wire.send(get)
        shutDownOutput(of: wire)
        #expect(wire.isOpen)
        #expect(writers.aborts == 0)
        writers.all[0].finish(ByteBuffer(string: "late"))
        #expect(try wire.received() == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        #expect(!wire.isOpen)
    }

    @Test func `pipelined requests are answered, then the connection is closed`() throws {
        let (wire, writers) = try parking()
        try wire.send(get + get + get + "GET /half")
        shutDownOutput(of: wire)
        for index in 0..<3 {
            #expect(wire.isOpen)
            #expect(writers.all.count == index + 1)
            writers.all[index].finish()
        }
        #expect(!wire.isOpen)
        #expect(writers.aborts == 0)
    }

    @Test func `the response of an async handler is sent`() throws {
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        let wire = try Wire(
            SuspendingHandler { _ in
                for await _ in ready {}
                return "done"
            }
        )
        try wire.send(get)
        shutDownOutput(of: wire)
        continuation.finish()
        var answer = ""
        for _ in 0..<1_000 where answer.isEmpty { answer += try wire.received() }
        #expect(answer.hasSuffix("\r\n\r\ndone"))
        #expect(!wire.isOpen)
    }

    @Test func `an idle connection is closed at once`() throws {
        let wire = try Wire.echo()
        try wire.send(get)
        shutDownOutput(of: wire)
        #expect(!wire.isOpen)
    }

    @Test func `a connection with an incomplete head is closed without a response`() throws {
        let wire = try Wire.echo()
        try wire.send("GET /a HT")
        shutDownOutput(of: wire)
        #expect(try wire.received() == "")
        #expect(!wire.isOpen)
    }

    @Test func `a truncated body fails, and its request is answered`() throws {
        let wire = try Wire.echo()
        try wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
        shutDownOutput(of: wire)
        let answer = try wire.received()
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.hasSuffix("\r\n\r\nthe connection ended before the end of the body"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(!wire.isOpen)
    }

    @Test func `a stream that sends nothing for five seconds is aborted`() throws {
        let (wire, writers) = try parking()
        try wire.send(get)
        wire.loop.advanceTime(by: .seconds(600))
        shutDownOutput(of: wire)
        for _ in 0..<3 {
            wire.loop.advanceTime(by: .seconds(4))
            writers.all[0].write(ByteBuffer(string: "a"))
        }
        wire.loop.advanceTime(by: .milliseconds(4_900))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .milliseconds(200))
        #expect(!wire.isOpen)
        #expect(writers.aborts == 1)
    }

    @Test func `a handler that doesn't answer within the idle timeout is cancelled`() throws {
        let cancelled = Flag()
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        continuation.onTermination = { _ in cancelled.set() }
        let wire = try Wire(
            SuspendingHandler { _ in
                for await _ in ready {}
                return "done"
            }
        )
        try wire.send(get)
        shutDownOutput(of: wire)
        wire.loop.advanceTime(by: .seconds(74))
        #expect(wire.isOpen)
        #expect(!cancelled.isSet)
        wire.loop.advanceTime(by: .seconds(2))
        #expect(!wire.isOpen)
        #expect(cancelled.isSet)
    }

    @Test func `hasPeerFinished is true after the peer has shut down its sending side`() throws {
        let (wire, writers) = try parking()
        try wire.send(get)
        #expect(!writers.all[0].hasPeerFinished)
        shutDownOutput(of: wire)
        #expect(writers.all[0].hasPeerFinished)
        writers.all[0].finish()
    }

    @Test func `a WebSocket ends when its peer shuts down its sending side`() throws {
        let echo = try WebSocketEcho()
        try echo.send(
            """
            GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
            """.utf8
        )
        shutDownOutput(of: echo.wire)
        #expect(!echo.wire.isOpen)
        #expect(echo.closures == [WebSocketClosure(isClean: false)])
    }
}
