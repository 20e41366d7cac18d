import GustHTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import GustFraming
@testable import GustServer

/// Ends of WebSockets, and reading in bursts.
@Suite struct WebSocketEndTests {
    private static let handshake = """
        GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n
        """

    /// A transport that a reset ends before the first flush.
    private final class DeadSocket: ChannelOutboundHandler {
        typealias OutboundIn = Any
        func flush(context: ChannelHandlerContext) { context.close(promise: nil) }
    }

    /// A transport that stays open for reading when its output is closed, as TCP does.
    private final class HalfClosing: ChannelOutboundHandler {
        typealias OutboundIn = Any
        private(set) var modes: [CloseMode] = []

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            modes.append(mode)
            if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
        }
    }

    /// The number of calls of `onClose`, and the WebSocket.
    ///
    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Told: @unchecked Sendable {
        var count = 0
        weak var webSocket: (any WebSocketConnection)?
    }

    @Test func `a WebSocket that ends while its receiver is made is closed and released`() throws {
        let told = Told()
        let upgrade = WebSocketUpgrade { webSocket in
            told.webSocket = webSocket
            webSocket.send("hello")
            webSocket.flush()
            let events = WebSocketEvents()
            events.onText = { _ in webSocket.close() }
            events.onClose = { _ in told.count += 1 }
            return events
        }
        let wire = try Wire(ImmediateHandler { _ in Response(body: .upgrade(upgrade)) })
        try wire.channel.pipeline.syncOperations.addHandler(DeadSocket(), position: .first)
        try wire.send("\(Self.handshake)\r\n")
        wire.loop.run()
        #expect(!wire.isOpen)
        #expect(told.count == 1)
        #expect(told.webSocket == nil)
        // No handler is registered for the shutdown any more.
        wire.context.beginShutdown()
    }

    @Test func `a WebSocket that is aborted while its receiver is made is closed and released`() throws {
        let told = Told()
        let upgrade = WebSocketUpgrade { webSocket in
            webSocket.abort()
            let events = WebSocketEvents()
            events.onClose = { _ in
                told.count += 1
                _ = webSocket
            }
            told.webSocket = webSocket
            return events
        }
        let wire = try Wire(ImmediateHandler { _ in Response(body: .upgrade(upgrade)) })
        try wire.send("\(Self.handshake)\r\n")
        wire.loop.run()
        #expect(told.count == 1)
        #expect(told.webSocket == nil)
    }

    @Test func `after a protocol violation the connection lingers so that the peer can read the close frame`() throws {
        let echo = try WebSocketEcho()
        let transport = HalfClosing()
        try echo.wire.channel.pipeline.syncOperations.addHandler(transport, position: .first)
        try echo.send("\(Self.handshake)\r\n".utf8)
        // 83: an unknown opcode; afterwards the peer continues to send.
        #expect(try echo.send([0x83, 0x80, 0, 0, 0, 0]) == [0x88, 2, 0x03, 0xEA])
        #expect(transport.modes == [.output])
        #expect(echo.closures == [WebSocketClosure(isClean: false)])
        #expect(try echo.send([0x81, 0x81, 0, 0, 0, 0, 0x41]) == [])
        #expect(echo.messages.isEmpty)
        echo.wire.loop.advanceTime(by: .milliseconds(1_900))
        #expect(echo.wire.isOpen)
        echo.wire.loop.advanceTime(by: .milliseconds(200))
        #expect(!echo.wire.isOpen)
    }

    @Test func `after the closing handshake the connection is closed at once`() throws {
        let echo = try WebSocketEcho()
        let transport = HalfClosing()
        try echo.wire.channel.pipeline.syncOperations.addHandler(transport, position: .first)
        try echo.send("\(Self.handshake)\r\n".utf8)
        #expect(try echo.send([0x88, 0x80, 0, 0, 0, 0]) == [0x88, 0])
        #expect(transport.modes == [.output, .all])
        #expect(!echo.wire.isOpen)
    }

    @Test func `writeTimeout applies to a WebSocket`() throws {
        var limits = HTTPLimits()
        limits.writeTimeout = .seconds(3)
        let echo = try WebSocketEcho(limits: limits)
        try echo.send("\(Self.handshake)\r\n".utf8)
        echo.wire.channel.isWritable = false
        echo.wire.channel.pipeline.fireChannelWritabilityChanged()
        echo.wire.loop.advanceTime(by: .seconds(2))
        #expect(echo.wire.isOpen)
        echo.wire.loop.advanceTime(by: .seconds(2))
        #expect(!echo.wire.isOpen)
    }

    // MARK: Bursts

    @Test func `messages after a pause are delivered in order when reading resumes`() throws {
        let told = Log()
        let upgrade = WebSocketUpgrade { webSocket in
            told.webSocket = webSocket
            let events = WebSocketEvents()
            events.onText = { text in
                told.texts.append(String(buffer: text))
                webSocket.pauseReading()
            }
            return events
        }
        let wire = try Wire(ImmediateHandler { _ in Response(body: .upgrade(upgrade)) })
        try wire.send("\(Self.handshake)\r\n")
        func text(_ byte: UInt8) -> [UInt8] { [0x81, 0x81, 0, 0, 0, 0, byte] }
        try wire.send(ByteBuffer(bytes: text(0x61) + text(0x62) + text(0x63)))
        #expect(told.texts == ["a"])
        told.webSocket?.resumeReading()
        #expect(told.texts == ["a", "b"])
        // A message that is read during the pause is delivered after the held messages.
        try wire.send(ByteBuffer(bytes: text(0x64)))
        told.webSocket?.resumeReading()
        told.webSocket?.resumeReading()
        #expect(told.texts == ["a", "b", "c", "d"])
    }

    @Test func `messages that decompress to many bytes are read in several turns of the loop`() throws {
        let compression = MessageCompression()
        let message = try #require(
            compression.deflate(ByteBuffer(repeating: 0x61, count: 1 << 20), DeflateParameters())
        )
        var frame: [UInt8] = [0xC1, 0x80 | 126, UInt8(message.readableBytes >> 8), UInt8(message.readableBytes & 255)]
        frame += [0, 0, 0, 0] + message.readableBytesView
        let told = Log()
        let upgrade = WebSocketUpgrade(deflate: WebSocketDeflate()) { webSocket in
            let events = WebSocketEvents()
            events.onText = { told.texts.append("\($0.readableBytes)") }
            _ = webSocket
            return events
        }
        let wire = try Wire(ImmediateHandler { _ in Response(body: .upgrade(upgrade)) })
        try wire.send("\(Self.handshake)Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
        let reads = ReadCounter()
        try wire.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        wire.channel.pipeline.fireChannelRead(ByteBuffer(bytes: Array(repeating: frame, count: 10).flatMap { $0 }))
        wire.channel.pipeline.fireChannelReadComplete()
        #expect(told.texts.count == 1)
        wire.channel.pipeline.read()
        #expect(reads.count == 0)
        wire.loop.run()
        #expect(told.texts == Array(repeating: "1048576", count: 10))
        #expect(reads.count == 1)
    }

    /// `@unchecked Sendable`: an embedded loop runs on the test's thread.
    private final class Log: @unchecked Sendable {
        var texts: [String] = []
        weak var webSocket: (any WebSocketConnection)?
    }
}
