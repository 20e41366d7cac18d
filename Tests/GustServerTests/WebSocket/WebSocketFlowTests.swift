import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Reading and writing while the peer or the program is slow.
@Suite struct WebSocketFlowTests {
    private let echo: WebSocketEcho
    private let reads = ReadCounter()

    init() throws {
        echo = try WebSocketEcho(size: 100_000)
        try echo.wire.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        _ = try echo.send(WebSocketFlowTests.handshake.utf8)
    }

    private static let handshake = """
        GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """

    private func setWritable(_ isWritable: Bool) {
        echo.wire.channel.isWritable = isWritable
        echo.wire.channel.pipeline.fireChannelWritabilityChanged()
    }

    /// The number of calls of `read` on the channel during `body`.
    private func reads(_ body: () throws -> Void) rethrows -> Int {
        let before = reads.count
        try body()
        return reads.count - before
    }

    /// The lengths of the written buffers.
    private func pieces() throws -> [Int] {
        echo.wire.loop.run()
        var pieces: [Int] = []
        while let piece = try echo.wire.channel.readOutbound(as: ByteBuffer.self) { pieces.append(piece.readableBytes) }
        return pieces
    }

    // MARK: Reading

    @Test func `a read during a pause is done when reading resumes`() throws {
        let webSocket = try #require(echo.webSocket)
        webSocket.pauseReading()
        #expect(reads { echo.wire.channel.pipeline.read() } == 0)
        #expect(reads { webSocket.resumeReading() } == 1)
        #expect(reads { webSocket.resumeReading() } == 0)
        #expect(reads { echo.wire.channel.pipeline.read() } == 1)
    }

    @Test func `nothing is read from a peer that doesn't read`() throws {
        setWritable(false)
        #expect(reads { echo.wire.channel.pipeline.read() } == 0)
        #expect(reads { echo.webSocket?.resumeReading() } == 0)
        #expect(reads { setWritable(true) } == 1)
    }

    @Test func `a close during a pause resumes reading for the peer's close frame`() throws {
        let webSocket = try #require(echo.webSocket)
        webSocket.pauseReading()
        echo.wire.channel.pipeline.read()
        #expect(reads { webSocket.close() } == 1)
        // 88 82 03 E8: the peer's close frame.
        #expect(try echo.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]) == [0x88, 2, 0x03, 0xE8])
        #expect(echo.closures == [WebSocketClosure(code: .normalClosure, isClean: true)])
    }

    // MARK: Writing

    @Test func `a peer that reads nothing for a minute is disconnected`() throws {
        setWritable(false)
        echo.wire.loop.advanceTime(by: .seconds(59))
        #expect(echo.wire.isOpen)
        echo.wire.loop.advanceTime(by: .seconds(2))
        #expect(!echo.wire.isOpen)
        #expect(echo.closures == [WebSocketClosure(isClean: false)])
    }

    @Test func `a slow peer isn't disconnected while the buffered bytes decrease`() throws {
        let webSocket = try #require(echo.webSocket)
        webSocket.send(text: ByteBuffer(repeating: 0x61, count: 16_380))
        setWritable(false)
        webSocket.flush()
        echo.wire.loop.advanceTime(by: .seconds(61))
        #expect(echo.wire.isOpen)
        echo.wire.loop.advanceTime(by: .seconds(60))
        #expect(!echo.wire.isOpen)
    }

    @Test func `a peer that reads again isn't disconnected`() throws {
        setWritable(false)
        echo.wire.loop.advanceTime(by: .seconds(59))
        setWritable(true)
        echo.wire.loop.advanceTime(by: .seconds(600))
        #expect(echo.wire.isOpen)
    }

    @Test func `changes of the writability don't prolong the deadline of a close`() throws {
        echo.webSocket?.close()
        setWritable(false)
        setWritable(true)
        setWritable(false)
        echo.wire.loop.advanceTime(by: .seconds(6))
        #expect(!echo.wire.isOpen)
    }

    @Test func `a WebSocket is writable while it is open, the peer reads, and little is buffered`() throws {
        let webSocket = try #require(echo.webSocket)
        #expect(webSocket.isWritable)
        setWritable(false)
        #expect(!webSocket.isWritable)
        setWritable(true)
        #expect(webSocket.isWritable)
        for _ in 0..<4 { webSocket.send(text: ByteBuffer(repeating: 0x61, count: 16_380)) }
        // 4 × (16,380 + 4) is 64 KiB.
        #expect(webSocket.bufferedBytes == 65_536)
        #expect(!webSocket.isWritable)
        webSocket.flush()
        #expect(webSocket.bufferedBytes == 0)
        #expect(webSocket.isWritable)
        webSocket.close()
        #expect(!webSocket.isWritable)
    }

    @Test func `a message that is sent if the WebSocket is writable isn't sent otherwise`() throws {
        let webSocket = try #require(echo.webSocket)
        let message = PreparedMessage(text: ByteBuffer(string: "a"))
        setWritable(false)
        #expect(!webSocket.sendIfWritable(message))
        setWritable(true)
        #expect(webSocket.sendIfWritable(message))
        #expect(webSocket.sendIfWritable(message))
        #expect(try echo.send([]) == [0x81, 1, 0x61, 0x81, 1, 0x61])
        for _ in 0..<4 { webSocket.send(text: ByteBuffer(repeating: 0x61, count: 16_380)) }
        #expect(!webSocket.sendIfWritable(message))
        webSocket.flush()
        webSocket.close()
        #expect(!webSocket.sendIfWritable(message))
    }

    @Test func `a flush is confirmed when the messages before it have been written`() throws {
        let webSocket = try #require(echo.webSocket)
        var confirmations: [Bool] = []
        webSocket.send(text: ByteBuffer(string: "a"))
        webSocket.whenFlushed { confirmations.append($0) }
        #expect(confirmations == [])
        webSocket.flush()
        #expect(confirmations == [true])
        webSocket.abort()
        webSocket.whenFlushed { confirmations.append($0) }
        #expect(confirmations == [true, false])
    }

    @Test func `messages of one turn are written together, up to 64 KiB`() throws {
        for _ in 0..<3 { echo.webSocket?.send("abc") }
        #expect(try pieces() == [15])
        for _ in 0..<6 { echo.webSocket?.send(text: ByteBuffer(repeating: 0x61, count: 16_380)) }
        #expect(try pieces() == [5 * 16_384, 16_384])
    }

    @Test func `a long prepared message isn't copied and keeps its place in the order`() throws {
        let message = PreparedMessage(text: ByteBuffer(repeating: 0x61, count: 20_000))
        echo.webSocket?.send("abc")
        echo.webSocket?.send(message)
        echo.webSocket?.send("abc")
        #expect(try pieces() == [5, 20_004, 5])
        echo.webSocket?.send("abc")
        echo.webSocket?.send(PreparedMessage(text: ByteBuffer(string: "abc")))
        #expect(try pieces() == [10])
    }

    @Test func `a ping is cut to 125 bytes`() throws {
        echo.webSocket?.ping(ByteBuffer(repeating: 7, count: 200))
        #expect(try echo.send([]) == [0x89, 125] + [UInt8](repeating: 7, count: 125))
    }

    @Test func `the reason of a close is cut between characters`() throws {
        echo.webSocket?.close(code: .goingAway, reason: "x" + String(repeating: "é", count: 100))
        // The code has 2 bytes, which leaves 123 bytes for the text; the 123rd byte is inside of a character.
        #expect(try echo.send([]) == [0x88, 125, 0x03, 0xE9, 0x78] + Array(String(repeating: "é", count: 61).utf8))
        let other = try WebSocketEcho()
        _ = try other.send(Self.handshake.utf8)
        other.webSocket?.close(code: .goingAway, reason: String(repeating: "é", count: 100))
        #expect(try other.send([]) == [0x88, 124, 0x03, 0xE9] + Array(String(repeating: "é", count: 61).utf8))
    }

    // MARK: Ends

    @Test func `nothing is sent after a close frame, which is sent once`() throws {
        let webSocket = try #require(echo.webSocket)
        webSocket.close()
        webSocket.close(code: .goingAway, reason: "")
        webSocket.send("a")
        webSocket.send(binary: ByteBuffer(bytes: [1]))
        webSocket.send(PreparedMessage(text: ByteBuffer(string: "a")))
        webSocket.ping(ByteBuffer())
        #expect(try echo.send([]) == [0x88, 2, 0x03, 0xE8])
    }

    @Test func `after the server's close frame messages and pings are ignored and violations aren't answered`() throws {
        echo.webSocket?.close()
        #expect(try echo.send([]) == [0x88, 2, 0x03, 0xE8])
        // 81 text, 82 binary, 89 ping, each masked with zeros and empty.
        for first: UInt8 in [0x81, 0x82, 0x89] { #expect(try echo.send([first, 0x80, 0, 0, 0, 0]) == []) }
        #expect(echo.messages.isEmpty)
        #expect(try echo.send([0x83, 0x80, 0, 0, 0, 0]) == [])
        #expect(!echo.wire.isOpen)
        #expect(echo.closures == [WebSocketClosure(isClean: false)])
    }

    @Test func `bytes after the peer's close frame are ignored`() throws {
        // 88 82 03 E8 masked with zeros, then a text, and a close of another code.
        let bytes: [UInt8] = [
            0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8, 0x81, 0x81, 0, 0, 0, 0, 0x41, 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE9,
        ]
        #expect(try echo.send(bytes) == [0x88, 2, 0x03, 0xE8])
        #expect(echo.messages.isEmpty)
        #expect(echo.closures == [WebSocketClosure(code: .normalClosure, isClean: true)])
    }

    @Test func `the handler is released after the end`() throws {
        weak let handler = try echo.wire.channel.pipeline.syncOperations.handler(type: WebSocketChannelHandler.self)
        #expect(handler != nil)
        try echo.send([0x88, 0x80, 0, 0, 0, 0])
        echo.wire.loop.run()
        #expect(!echo.wire.isOpen)
        #expect(handler == nil)
    }
}
