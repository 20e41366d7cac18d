import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Frames in hexadecimal; the client's mask is 01 02 03 04 in all of them.
@Suite struct WebSocketTests {
    /// The messages and closures that the server's receiver got.
    ///
    /// `@unchecked Sendable`: a test and its embedded loop are one thread.
    private final class Log: @unchecked Sendable {
        var closures: [WebSocketClosure] = []
        var messages: [String] = []
    }

    private let handshake = """
        GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """

    /// A connection that has been upgraded to an echoing WebSocket.
    private func open(size: Int = 1_000, fragments: Int = 4) throws -> (Wire, Log) {
        let log = Log()
        let upgrade = WebSocketUpgrade(maximumMessageSize: size, maximumFragments: fragments) { webSocket in
            let events = WebSocketEvents()
            events.onText = { text in
                log.messages.append(String(buffer: text))
                webSocket.send(text: text)
            }
            events.onBinary = { webSocket.send(binary: $0) }
            events.onClose = { log.closures.append($0) }
            return events
        }
        let wire = try Wire(ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) })
        #expect(
            try wire.send(handshake) == """
                HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
                """
        )
        return (wire, log)
    }

    /// A frame of a client.
    private func frame(_ first: UInt8, _ payload: [UInt8], length: [UInt8]? = nil) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        let header =
            length
            ?? (payload.count < 126
                ? [UInt8(payload.count)] : [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)])
        var bytes = [first, header[0] | 0x80] + header.dropFirst() + mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index % 4]) }
        return bytes
    }

    private func send(_ bytes: [UInt8], _ wire: Wire) throws -> [UInt8] {
        if wire.isOpen { try wire.channel.writeInbound(ByteBuffer(bytes: bytes)) }
        var all: [UInt8] = []
        wire.loop.run()
        while let data = try wire.channel.readOutbound(as: ByteBuffer.self) { all += data.readableBytesView }
        return all
    }

    @Test func `text and binary messages are sent back unmasked`() throws {
        let (wire, _) = try open()
        #expect(try send(frame(0x81, Array("héllo".utf8)), wire) == [0x81, 6] + "héllo".utf8)
        #expect(try send(frame(0x82, [0, 255]), wire) == [0x82, 2, 0, 255])
        #expect(try send(frame(0x81, []), wire) == [0x81, 0])
    }

    @Test func `frames can be received byte by byte, and the replies to one read are written together`() throws {
        let (wire, _) = try open()
        var answer: [UInt8] = []
        for byte in frame(0x81, Array("abc".utf8)) { answer += try send([byte], wire) }
        #expect(answer == [0x81, 3] + "abc".utf8)
        try wire.channel.writeInbound(ByteBuffer(bytes: frame(0x81, [65]) + frame(0x81, [66]) + frame(0x82, [67])))
        #expect(
            try wire.channel.readOutbound(as: ByteBuffer.self)
                == ByteBuffer(bytes: [0x81, 1, 65, 0x81, 1, 66, 0x82, 1, 67])
        )
        #expect(try wire.channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test func `fragments are joined, with control frames between them`() throws {
        let (wire, log) = try open()
        let bytes =
            frame(0x01, Array("on".utf8)) + frame(0x89, [9]) + frame(0x00, Array("e ".utf8))
            + frame(0x80, Array("two".utf8))
        #expect(try send(bytes, wire) == [0x8A, 1, 9, 0x81, 7] + "one two".utf8)
        #expect(log.messages == ["one two"])
    }

    @Test func `a character may be divided between fragments`() throws {
        let (wire, _) = try open()
        let smile = Array("😀".utf8)
        #expect(try send(frame(0x01, Array(smile[..<2])) + frame(0x80, Array(smile[2...])), wire) == [0x81, 4] + smile)
    }

    @Test func `a frame in the same read as the handshake is delivered`() throws {
        let log = Log()
        let upgrade = WebSocketUpgrade { webSocket in
            let events = WebSocketEvents()
            events.onText = { log.messages.append(String(buffer: $0)) }
            return events
        }
        let wire = try Wire(ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) })
        try wire.send(ByteBuffer(bytes: Array(handshake.utf8) + frame(0x81, [65])))
        #expect(log.messages == ["A"])
    }

    // MARK: Violations, which are answered with a close frame (88 02) with the code

    private static let broken: [(name: String, bytes: [UInt8], code: UInt16)] = [
        ("no mask", [0x81, 1, 65], 1002),
        ("reserved bits", [0xC1, 0x80, 0, 0, 0, 0], 1002),
        ("an unknown opcode", [0x83, 0x80, 0, 0, 0, 0], 1002),
        ("an unknown control opcode", [0x8B, 0x80, 0, 0, 0, 0], 1002),
        ("a fragmented ping", [0x09, 0x80, 0, 0, 0, 0], 1002),
        ("a ping of 126 bytes", [0x89, 0xFE, 0, 126], 1002),
        ("a continuation of nothing", [0x80, 0x80, 0, 0, 0, 0], 1002),
        ("a new message inside of another", [0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0], 1002),
        ("a length in a longer form than needed", [0x82, 0xFE, 0, 5, 0, 0, 0, 0], 1002),
        ("a length in the longest form without need", [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0], 1002),
        ("a length with the highest bit", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002),
        ("a message that is too big", [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], 1009),
        // 2^63 - 1 bytes: an addition to this length would overflow.
        ("the longest possible length", [0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + [0, 0, 0, 0], 1009),
        (
            "the longest possible length, in a fragment",
            [0x01, 0x81, 0, 0, 0, 0, 65, 0x80, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + [0, 0, 0, 0], 1009
        ),
        ("a close of one byte", [0x88, 0x81, 0, 0, 0, 0, 3], 1002),
        ("a close with a code that must not be sent", [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], 1002),
        ("a close whose reason isn't UTF-8", [0x88, 0x83, 0, 0, 0, 0, 0x03, 0xE8, 0xFF], 1007),
        ("text that isn't UTF-8", [0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),
        ("a surrogate", [0x81, 0x83, 0, 0, 0, 0, 0xED, 0xA0, 0x80], 1007),
        ("an overlong form", [0x81, 0x82, 0, 0, 0, 0, 0xC0, 0x80], 1007),
        ("a text that ends inside of a character", [0x81, 0x81, 0, 0, 0, 0, 0xC3], 1007),
        ("invalid text in a fragment, before the message ends", [0x01, 0x81, 0, 0, 0, 0, 0xFF], 1007),
    ]

    @Test(arguments: broken.map(\.name))
    func `a protocol violation is answered once with its close code, then the connection is closed`(name: String) throws
    {
        let (wire, log) = try open()
        guard let rule = Self.broken.first(where: { $0.name == name }) else { return }
        #expect(try send(rule.bytes, wire) == [0x88, 2, UInt8(rule.code >> 8), UInt8(rule.code & 255)])
        #expect(!wire.isOpen)
        #expect(log.closures.count == 1)
        #expect(log.messages.isEmpty)
    }

    // CVE-2022-21676: a violation before an application could have registered a handler for errors.
    @Test(arguments: broken.map(\.name))
    func `a protocol violation in the same read as the handshake is answered`(name: String) throws {
        let upgrade = WebSocketUpgrade(maximumMessageSize: 1_000) { _ in WebSocketEvents() }
        let wire = try Wire(ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) })
        guard let rule = Self.broken.first(where: { $0.name == name }) else { return }
        let answer = try send(Array(handshake.utf8) + rule.bytes, wire)
        #expect(answer.suffix(4) == [0x88, 2, UInt8(rule.code >> 8), UInt8(rule.code & 255)])
        #expect(!wire.isOpen)
    }

    // CVE-2016-10518: a pong must not contain other bytes than those of the ping.
    @Test(arguments: [0, 1, 125])
    func `a pong has the bytes of its ping`(length: Int) throws {
        let (wire, _) = try open()
        let payload = [UInt8](repeating: 7, count: length)
        #expect(try send(frame(0x89, payload), wire) == [0x8A, UInt8(length)] + payload)
    }

    // CVE-2026-48779
    @Test func `too many fragments, including empty ones, are a policy violation`() throws {
        let (wire, _) = try open(fragments: 4)
        let bytes = frame(0x01, []) + frame(0x00, []) + frame(0x00, []) + frame(0x00, []) + frame(0x00, [])
        #expect(try send(bytes, wire) == [0x88, 2, 0x03, 0xF0])
    }

    // CVE-2016-10542
    @Test func `the size limit applies to all fragments of a message together`() throws {
        let (wire, _) = try open(size: 10)
        #expect(
            try send(frame(0x02, [1, 2, 3, 4, 5, 6]) + frame(0x80, [1, 2, 3, 4, 5]), wire) == [0x88, 2, 0x03, 0xF1]
        )
    }

    // MARK: Closing

    // CVE-2026-45736
    @Test func `a close is answered with its code and ends the connection`() throws {
        let (wire, log) = try open()
        #expect(try send(frame(0x88, [0x03, 0xE8] + "bye".utf8), wire) == [0x88, 2, 0x03, 0xE8])
        #expect(!wire.isOpen)
        #expect(log.closures == [WebSocketClosure(code: .normalClosure, reason: "bye", isClean: true)])
    }

    @Test func `a peer that doesn't answer the server's close frame is disconnected at the deadline`() throws {
        let (wire, log) = try open()
        wire.context.beginShutdown()
        #expect(try send([], wire) == [0x88, 2, 0x03, 0xE9])
        #expect(try send(frame(0x81, [65]), wire) == [])
        wire.loop.advanceTime(by: .seconds(6))
        #expect(!wire.isOpen)
        #expect(log.closures == [WebSocketClosure(isClean: false)])
    }

    // MARK: The handshake

    private static let noKey = "Sec-WebSocket-Key isn't the base64 of 16 bytes"

    @Test(arguments: [
        ("Version: 13", "Version: 12", "426", "this version of the WebSocket protocol isn't supported"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dG9vIHNob3J0", "400", Self.noKey),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", "400", Self.noKey),
        (
            "Connection: keep-alive, Upgrade", "Connection: keep-alive", "426",
            "this URL accepts WebSocket handshakes only"
        ),
    ])
    func `an invalid handshake is refused and the connection is closed`(
        old: String,
        new: String,
        code: String,
        reason: String
    ) throws {
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let wire = try Wire(ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) })
        let answer = try wire.send(handshake.replacing(old, with: new))
        #expect(answer.hasPrefix("HTTP/1.1 \(code) "))
        #expect(answer.hasSuffix("\r\n\r\n\(reason)"))
        #expect(!wire.isOpen)
    }

    // CVE-2021-32640, GHSA-5v72-xg48-5rpm: lists of blanks, commas and names of JavaScript's built-in properties.
    @Test(arguments: ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"])
    func `an unusual list of offers is read to its end`(field: String) throws {
        let odd = ["constructor", "a; constructor=1", "; ; =", "\"", String(repeating: " ,\t", count: 5_000)]
        for value in odd {
            let upgrade = WebSocketUpgrade(
                subprotocol: field.hasSuffix("Protocol") ? "chat" : nil,
                deflate: WebSocketDeflate()
            ) { _ in WebSocketEvents() }
            let wire = try Wire(
                ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) }
            )
            let request = handshake.dropLast() + "\(field): \(value), chat\r\n\r\n"
            #expect(try wire.send(String(request)).hasPrefix("HTTP/1.1 101 "))
        }
    }
}
