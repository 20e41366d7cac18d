import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Pipelined requests, bodies and upgrades while a request is answered.
@Suite struct HTTPPipeliningTests {
    /// The responses in progress.
    ///
    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Writers: @unchecked Sendable {
        var all: [any ResponseWriter] = []
    }

    private static let request = "GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 992))\r\n\r\n"

    @Test func `waiting requests are read up to 64 KiB, and more after a request has been answered`() throws {
        let writers = Writers()
        let wire = try Wire(ImmediateHandler { _ in Response(body: .stream { writers.all.append($0) }) })
        let reads = ReadCounter()
        try wire.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        #expect(Self.request.utf8.count == 1_024)
        try wire.send(Self.request)
        for _ in 0..<63 { try wire.send(Self.request) }
        wire.channel.pipeline.read()
        #expect(reads.count == 1)
        try wire.send(Self.request)
        wire.channel.pipeline.read()
        #expect(reads.count == 1)
        writers.all[0].finish()
        #expect(writers.all.count == 2)
        #expect(reads.count == 2)
    }

    @Test func `bytes after a pending upgrade are read when the upgrade is complete`() throws {
        let upgrade = WebSocketUpgrade { webSocket in
            let events = WebSocketEvents()
            events.onText = { webSocket.send(text: $0) }
            return events
        }
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        let wire = try Wire(
            SuspendingHandler { _ in
                for await _ in ready {}
                return Response(status: .switchingProtocols, body: .upgrade(upgrade))
            }
        )
        let reads = ReadCounter()
        try wire.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try wire.send(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        // 64 KiB of a text frame: 81 FF and the length 70,000, masked with zeros.
        let header: [UInt8] = [0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70, 0, 0, 0, 0]
        try wire.send(ByteBuffer(bytes: header + [UInt8](repeating: 0x41, count: 65_522)))
        wire.channel.pipeline.read()
        #expect(reads.count == 0)
        continuation.finish()
        for _ in 0..<100 where reads.count == 0 { wire.loop.run() }
        #expect(reads.count == 1)
        #expect(try wire.send(ByteBuffer(repeating: 0x41, count: 4_478)).utf8.count > 70_000)
    }

    /// A transport that stays open for reading when its output is closed, as TCP does.
    private final class HalfClosing: ChannelOutboundHandler {
        typealias OutboundIn = IOData
        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
        }
    }

    @Test func `if a body is incomplete at the last response, the connection lingers for two seconds`() throws {
        let wire = try Wire(ImmediateHandler { _ in Response(headers: [.connection: "close"]) })
        try wire.channel.pipeline.syncOperations.addHandler(HalfClosing(), position: .first)
        #expect(try wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n").contains("200 OK"))
        #expect(wire.isOpen)
        #expect(try wire.send("abc") == "")
        wire.loop.advanceTime(by: .milliseconds(1_900))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .milliseconds(200))
        #expect(!wire.isOpen)
    }

    @Test func `if the request is complete at the last response, the connection is closed at once`() throws {
        let wire = try Wire(ImmediateHandler { _ in Response(headers: [.connection: "close"]) })
        try wire.channel.pipeline.syncOperations.addHandler(HalfClosing(), position: .first)
        try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(!wire.isOpen)
    }

    @Test func `a response before 100 Continue closes the connection`() throws {
        let wire = try Wire(ImmediateHandler { _ in "early" })
        let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        #expect(try wire.send(head).contains("Connection: close\r\n"))
        #expect(!wire.isOpen)
    }

    @Test func `100 Continue isn't sent to HTTP 1.0 clients`() throws {
        let wire = try Wire.echo()
        #expect(try wire.send("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n") == "")
        #expect(try wire.send("ab").hasSuffix("POST / ab"))
    }

    @Test func `a response whose body ends with the connection has Connection close`() throws {
        let wire = try Wire(
            ImmediateHandler { _ in
                Response(
                    body: .stream { writer in
                        writer.isChunked = false
                        writer.write(ByteBuffer(string: "abc"))
                        writer.finish()
                    }
                )
            }
        )
        let answer = try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")
        #expect(!wire.isOpen)
    }

    @Test func `a deadline is ended only by its own kind`() {
        let loop = EmbeddedEventLoop()
        let deadlines = ConnectionDeadlines(ConnectionTimeouts(HTTPLimits()))
        deadlines.begin(.write, on: loop, missed: { _ in })
        deadlines.end(.body)
        #expect(deadlines.current == .write)
        deadlines.end(.write)
        #expect(deadlines.current == nil)
    }

    @Test func `a WebSocket that opens during the shutdown is closed with code 1001`() throws {
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        let wire = try Wire(
            SuspendingHandler { _ in
                for await _ in ready {}
                return Response(status: .switchingProtocols, body: .upgrade(upgrade))
            }
        )
        try wire.send(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        wire.context.beginShutdown()
        continuation.finish()
        var bytes: [UInt8] = []
        for _ in 0..<100 where bytes.isEmpty { bytes = Array(try wire.receivedBytes().readableBytesView) }
        #expect(bytes.starts(with: "HTTP/1.1 101 ".utf8))
        #expect(bytes.suffix(4) == [0x88, 2, 0x03, 0xE9])
    }
}
