import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// The drafts hixie-75 and hixie-76, with the sample handshake of draft 76.
@Suite struct HixieTests {
    private static let request76 = """
        GET /demo?a=b HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key2: 1_ tx7X d  <  nw  334J702) 7]o}` 0\r\nUpgrade: WebSocket\r\n\
        Sec-WebSocket-Key1: 18x 6]8vM;54 *(5:  {   U1]8  z [  8\r\nOrigin: http://example.com\r\n\r\n
        """
    private static let body76 = Array("Tm[K T2u".utf8)
    private static let head76 = """
        HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Origin: http://example.com\r\n\
        Sec-WebSocket-Location: ws://example.com/demo?a=b\r\n\r\n
        """
    private static let proof76 = Array("fQJ,fN/4F4!~K~MH".utf8)

    private static let request75 = """
        GET /demo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: example.com:8080\r\n\
        Origin: http://example.com\r\nWebSocket-Protocol: sample\r\n\r\n
        """
    private static let head75 = """
        HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
        WebSocket-Origin: http://example.com\r\nWebSocket-Location: ws://example.com:8080/demo\r\n\
        WebSocket-Protocol: sample\r\n\r\n
        """

    private func open(_ dialect: WebSocketDialect, size: Int = 1_000) throws -> WebSocketEcho {
        let echo = try WebSocketEcho(size: size)
        let request = dialect == .hixie75 ? Array(Self.request75.utf8) : Array(Self.request76.utf8) + Self.body76
        try echo.send(request)
        #expect(echo.webSocket != nil)
        return echo
    }

    /// `00`, the text, `FF`.
    private func frame(_ text: some Sequence<UInt8>) -> [UInt8] { [0x00] + text + [0xFF] }

    // MARK: Handshakes

    @Test func `hixie-76 sends the head before it has received the eight bytes, then the proof`() throws {
        let echo = try WebSocketEcho()
        #expect(try echo.send(Self.request76.utf8) == Array(Self.head76.utf8))
        #expect(echo.webSocket == nil)
        #expect(try echo.send(Self.body76) == Self.proof76)
        #expect(try echo.send(frame("a".utf8)) == frame("a".utf8))
    }

    @Test func `the location of a trusted proxy is sent to the client`() throws {
        let request = Request(
            method: .get,
            target: try #require(RequestTarget("/demo")),
            headers: [.upgrade: "WebSocket", .connection: "Upgrade", try #require(HTTPField.Name("Host")): "inner"],
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        var upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        for (location, expected) in [(nil, "ws://inner/demo"), ("wss://example.com/demo", "wss://example.com/demo")] {
            upgrade.location = location
            let acceptance = try HixieHandshake.accept(request, upgrade, .hixie75).get()
            #expect(acceptance.fields.first { $0.name == "WebSocket-Location" }?.value == expected)
        }
    }

    @Test func `the eight bytes can be received in pieces, or with the head and the first message`() throws {
        let head = Array(Self.request76.utf8)
        for cut in 0...8 {
            let echo = try WebSocketEcho(greeting: "hi")
            let first = try echo.send(head + Self.body76[..<cut])
            let second = try echo.send(Self.body76[cut...] + frame("a".utf8))
            #expect(first + second == Self.head76.utf8 + Self.proof76 + frame("hi".utf8) + frame("a".utf8))
        }
        let echo = try WebSocketEcho(greeting: "hi")
        let answer = try echo.send(head + Self.body76 + frame("a".utf8))
        #expect(answer == Self.head76.utf8 + Self.proof76 + frame("hi".utf8) + frame("a".utf8))
    }

    @Test func `if the eight bytes aren't received, the connection is closed at the deadline`() throws {
        let echo = try WebSocketEcho()
        try echo.send(Self.request76.utf8)
        try echo.send(Self.body76[..<7])
        echo.wire.loop.advanceTime(by: .seconds(9))
        #expect(echo.wire.isOpen)
        echo.wire.loop.advanceTime(by: .seconds(2))
        #expect(!echo.wire.isOpen)
        #expect(echo.closures.isEmpty)
    }

    @Test func `a shutdown doesn't wait for the eight bytes`() throws {
        let echo = try WebSocketEcho()
        try echo.send(Self.request76.utf8)
        echo.wire.context.beginShutdown()
        #expect(!echo.wire.isOpen)
    }

    @Test func `hixie-75 is answered at once, with its own field names`() throws {
        let echo = try WebSocketEcho()
        #expect(try echo.send(Self.request75.utf8 + frame("a".utf8)) == Self.head75.utf8 + frame("a".utf8))
    }

    @Test func `an https origin is answered with a wss location, and a subprotocol is repeated`() throws {
        let echo = try WebSocketEcho()
        let request = Self.request76.replacing("http://example.com", with: "https://example.com")
            .replacing("Upgrade: WebSocket\r\n", with: "Upgrade: WebSocket\r\nSec-WebSocket-Protocol: chat\r\n")
        let head = Self.head76.replacing("http://", with: "https://").replacing("ws://", with: "wss://")
        let expected = head.dropLast(1) + "Sec-WebSocket-Protocol: chat\r\n\r\n"
        #expect(try echo.send(request.utf8) == Array(expected.utf8))
    }

    @Test func `a handshake without the required subprotocol is refused`() throws {
        let echo = try WebSocketEcho(subprotocol: "chat")
        let answer = String(decoding: try echo.send(Self.request76.utf8), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.hasSuffix("\r\n\r\nthe subprotocol was not offered"))
        #expect(!echo.wire.isOpen)
    }

    @Test func `the sample keys of draft 76 have the numbers of the draft`() {
        #expect(Hixie76Challenge.number(in: "18x 6]8vM;54 *(5:  {   U1]8  z [  8") == 155_712_099)
        #expect(Hixie76Challenge.number(in: "1_ tx7X d  <  nw  334J702) 7]o}` 0") == 173_347_027)
    }

    @Test(arguments: [
        ("no spaces", "12345678"), ("not divisible", "1 2 5"), ("no digits", "a b c"),
        ("more than 32 bits", "4294967298 a b"), ("digits without end", String(repeating: "9", count: 60) + " 1"),
    ])
    func `an invalid key is refused`(why: String, key: String) throws {
        let echo = try WebSocketEcho()
        let request = Self.request76.replacing("18x 6]8vM;54 *(5:  {   U1]8  z [  8", with: key)
        let answer = String(decoding: try echo.send(request.utf8), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(why)")
        #expect(answer.hasSuffix("\r\n\r\nSec-WebSocket-Key1 and -Key2 aren't keys of draft 76"), "\(why)")
        #expect(!echo.wire.isOpen)
    }

    @Test func `a handshake with only one key is refused`() throws {
        let echo = try WebSocketEcho()
        let request = Self.request76.replacing(#/Sec-WebSocket-Key2[^\r]*\r\n/#, with: "")
        let answer = String(decoding: try echo.send(request.utf8), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.hasSuffix("\r\n\r\nSec-WebSocket-Key1 and -Key2 aren't keys of draft 76"))
    }

    @Test func `a later client without a version isn't treated as hixie-75`() throws {
        let echo = try WebSocketEcho()
        let request = Self.request75.replacing("Upgrade: WebSocket\r\n", with: "Upgrade: websocket\r\n")
        let answer = String(decoding: try echo.send(request.utf8), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("Sec-WebSocket-Version: 13, 8, 7\r\n"))
    }

    @Test(arguments: [WebSocketDialect.hixie75, .hixie76])
    func `a disabled dialect is answered 426`(dialect: WebSocketDialect) throws {
        let echo = try WebSocketEcho(dialects: Set(WebSocketDialect.allCases).subtracting([dialect]))
        let request = dialect == .hixie75 ? Self.request75 : Self.request76
        #expect(String(decoding: try echo.send(request.utf8), as: UTF8.self).hasPrefix("HTTP/1.1 426 "))
        #expect(!echo.wire.isOpen)
    }

    // MARK: Frames

    @Test(arguments: [WebSocketDialect.hixie75, .hixie76])
    func `a text can be received in any two pieces`(dialect: WebSocketDialect) throws {
        // U+FFFD, the highest code point, NUL, an empty text, and a character of four bytes.
        let bytes = ["\u{FFFD}", "é\u{10FFFF}", "a\u{0}b", "", "😀"].flatMap { frame($0.utf8) }
        let echo = try open(dialect)
        for cut in 0...bytes.count {
            #expect(try echo.send(bytes[..<cut]) + echo.send(bytes[cut...]) == bytes)
        }
        var answer: [UInt8] = []
        for byte in bytes { answer += try echo.send([byte]) }
        #expect(answer == bytes)
        #expect(echo.closures.isEmpty)
    }

    @Test func `frames with a length and texts of other types are skipped, in any two pieces`() throws {
        // 80 81 00: 128 bytes. FF 02: two bytes. 80 00: no bytes, and not a closing frame. 80 80 80 01: one byte, whose length
        // is in a long form. 01 … FF: a text of type 1.
        let bytes =
            [0x80, 0x81, 0x00] + [UInt8](repeating: 0xFF, count: 128) + [0xFF, 0x02, 0x00, 0x41, 0x80, 0x00]
            + [0x80, 0x80, 0x80, 0x01, 0x00] + [0x01, 0x41, 0xFF] + frame("a".utf8)
        for cut in 0...bytes.count {
            let echo = try open(.hixie76)
            #expect(try echo.send(bytes[..<cut]) + echo.send(bytes[cut...]) == frame("a".utf8))
        }
    }

    private static let broken: [(name: String, bytes: [UInt8])] = [
        ("text that isn't UTF-8", [0x00, 0xC0, 0x80, 0xFF]),
        ("a text that ends inside of a character", [0x00, 0xC3, 0xFF]),
        ("invalid text before its end", [0x00, 0xC0]),
        ("a long text", [0x00] + [UInt8](repeating: 0x41, count: 1_001) + [0xFF]),
        ("a long text before its end", [0x00] + [UInt8](repeating: 0x41, count: 1_001)),
        ("a long text to skip", [0x01] + [UInt8](repeating: 0x41, count: 1_001)),
        ("a long frame to skip", [0x80, 0x87, 0x69]),
        ("a length that overflows", [0x80] + [UInt8](repeating: 0xFF, count: 12)),
        ("a length without end", [0x80] + [UInt8](repeating: 0x80, count: 12)),
    ]

    @Test(arguments: broken.map(\.name), [WebSocketDialect.hixie75, .hixie76])
    func `a protocol violation ends the connection`(name: String, dialect: WebSocketDialect) throws {
        guard let bytes = Self.broken.first(where: { $0.name == name })?.bytes else { return }
        let echo = try open(dialect)
        #expect(try echo.send(bytes) == (dialect == .hixie76 ? [0xFF, 0x00] : []))
        #expect(!echo.wire.isOpen)
        #expect(echo.closures == [WebSocketClosure(isClean: false)])
        #expect(echo.messages.isEmpty)
    }

    @Test func `the rules apply to a text that is received in pieces`() throws {
        for (first, second): ([UInt8], [UInt8]) in [
            // A text that ends inside of a character; a text that is too long; a skipped text that is too long.
            ([0x00, 0x41, 0xC3], [0xFF]),
            ([0x00] + [UInt8](repeating: 0x41, count: 600), [UInt8](repeating: 0x41, count: 401)),
            ([0x01] + [UInt8](repeating: 0x41, count: 600), [UInt8](repeating: 0x41, count: 401)),
        ] {
            let echo = try open(.hixie76)
            #expect(try echo.send(first) == [])
            #expect(try echo.send(second) == [0xFF, 0x00])
            #expect(echo.closures == [WebSocketClosure(isClean: false)])
        }
    }

    @Test func `a prepared message is framed once`() throws {
        let message = PreparedMessage(text: ByteBuffer(string: "all"))
        let framing = HixieFraming(hasClosingHandshake: true, maximumMessageSize: 10)
        let first = try framing.frame(of: message)
        let second = try framing.frame(of: message)
        #expect(first.buffer == ByteBuffer(bytes: frame("all".utf8)))
        #expect(first === second)
        let echo = try open(.hixie75)
        echo.webSocket?.send(message)
        #expect(try echo.send([]) == frame("all".utf8))
    }

    // MARK: Messages that the drafts can't carry

    @Test(arguments: [WebSocketDialect.hixie75, .hixie76])
    func `a binary message closes the connection with an error`(dialect: WebSocketDialect) throws {
        let echo = try open(dialect)
        #expect(echo.webSocket?.carriesBinary == false)
        echo.webSocket?.send(binary: ByteBuffer(bytes: [1]))
        #expect(try echo.send([]) == (dialect == .hixie76 ? [0xFF, 0x00] : []))
        if dialect == .hixie76 { try echo.send([0xFF, 0x00]) }
        #expect(!echo.wire.isOpen)
        #expect(echo.closures.map(\.error) == [.binaryUnsupported])
    }

    @Test func `a prepared binary message or invalid text closes the connection`() throws {
        for send in [
            { (webSocket: any WebSocketConnection) in webSocket.send(PreparedMessage(binary: ByteBuffer(bytes: [1]))) },
            { $0.send(text: ByteBuffer(bytes: [0x41, 0xFF, 0x00, 0x42])) },
            { $0.send(PreparedMessage(text: ByteBuffer(bytes: [0xFF]))) },
        ] {
            let echo = try open(.hixie76)
            if let webSocket = echo.webSocket { send(webSocket) }
            #expect(try echo.send([]) == [0xFF, 0x00])
        }
    }

    @Test(arguments: [WebSocketDialect.hixie75, .hixie76])
    func `a text with the byte that ends a frame closes the connection with an error`(
        dialect: WebSocketDialect
    ) throws {
        let echo = try open(dialect)
        echo.webSocket?.send(text: ByteBuffer(bytes: [0x41, 0xFF, 0x42]))
        // No byte of the message is sent.
        #expect(try echo.send([]) == (dialect == .hixie76 ? [0xFF, 0x00] : []))
        if dialect == .hixie76 { try echo.send([0xFF, 0x00]) }
        #expect(!echo.wire.isOpen)
        #expect(echo.closures.map(\.error) == [.invalidText])
    }

    @Test func `a ping isn't sent`() throws {
        let echo = try open(.hixie76)
        echo.webSocket?.ping(ByteBuffer(string: "x"))
        #expect(try echo.send([]) == [])
        #expect(echo.wire.isOpen)
    }

    // MARK: Closing

    @Test func `hixie-76 answers a closing frame and ends clean`() throws {
        let echo = try open(.hixie76)
        #expect(try echo.send([0xFF]) == [])
        #expect(try echo.send([0x00]) == [0xFF, 0x00])
        #expect(!echo.wire.isOpen)
        #expect(echo.closures == [WebSocketClosure(isClean: true)])
    }

    @Test func `hixie-76 sends a closing frame and waits for the peer's until the deadline`() throws {
        let echo = try open(.hixie76)
        echo.webSocket?.close()
        #expect(try echo.send([]) == [0xFF, 0x00])
        #expect(try echo.send(frame("late".utf8)) == [])
        #expect(try echo.send([0xFF, 0x00]) == [])
        #expect(echo.closures == [WebSocketClosure(isClean: true)])
        let silent = try open(.hixie76)
        silent.webSocket?.close()
        silent.wire.loop.advanceTime(by: .seconds(6))
        #expect(silent.closures == [WebSocketClosure(isClean: false)])
    }

    @Test func `hixie-75 has no closing handshake`() throws {
        let echo = try open(.hixie75)
        #expect(try echo.send([0xFF, 0x00] + frame("a".utf8)) == frame("a".utf8))
        echo.webSocket?.close()
        #expect(try echo.send([]) == [])
        #expect(!echo.wire.isOpen)
        #expect(echo.closures == [WebSocketClosure(isClean: false)])
    }
}
