import GustHTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import GustFraming
@testable import GustServer

/// Compression of messages (RFC 7692).
@Suite struct PermessageDeflateTests {
    private static let accepted = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    private func open(
        _ offers: String,
        _ deflate: WebSocketDeflate? = WebSocketDeflate(),
        size: Int = 100_000
    ) throws -> (WebSocketEcho, String) {
        let echo = try WebSocketEcho(size: size, deflate: deflate)
        let request = """
            GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Extensions: \(offers)\r\n\r\n
            """
        return (echo, String(decoding: try echo.send(request.utf8), as: UTF8.self))
    }

    /// A frame of a client, masked with zeros.
    private func frame(_ first: UInt8, _ payload: some Collection<UInt8>) -> [UInt8] {
        let count = payload.count
        let length: [UInt8] =
            count < 126
            ? [0x80 | UInt8(count)]
            : [0xFF] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
        let short: [UInt8] = count < 65_536 ? [0xFE, UInt8(count >> 8 & 255), UInt8(count & 255)] : length
        return [first] + (count < 126 ? length : short) + [0, 0, 0, 0] + payload
    }

    private func compressed(_ text: String) throws -> [UInt8] {
        let bytes = try #require(MessageCompression().deflate(ByteBuffer(string: text), DeflateParameters()))
        return Array(bytes.readableBytesView)
    }

    /// The payload of one compressed frame of the server, as text.
    private func text(_ frame: [UInt8]) throws -> String {
        #expect(frame.first == 0xC1)
        let header = frame[1] < 126 ? 2 : frame[1] == 126 ? 4 : 10
        return String(
            buffer: try MessageCompression().inflate(ByteBuffer(bytes: frame[header...]), limit: 1 << 20)
        )
    }

    @Test func `a message that must not be compressed is sent as it is`() throws {
        let (echo, _) = try open("permessage-deflate")
        var message = PreparedMessage(text: ByteBuffer(repeating: 0x61, count: 2_000))
        message.isCompressible = false
        echo.webSocket?.send(message)
        let frame = try echo.send([])
        #expect(frame.prefix(4) == [0x81, 126, 0x07, 0xD0])
        #expect(frame.count == 2_004)
    }

    // MARK: Negotiation

    @Test(arguments: [
        ("permessage-deflate", accepted),
        ("permessage-deflate; client_max_window_bits", accepted),
        ("permessage-deflate; client_max_window_bits=8", accepted),
        ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", accepted),
        ("permessage-deflate; server_max_window_bits=10", accepted + "; server_max_window_bits=10"),
        ("permessage-deflate; server_max_window_bits=\"9\"", accepted + "; server_max_window_bits=9"),
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", accepted),
        ("x-webkit-deflate-frame, permessage-deflate", accepted),
    ])
    func `the first acceptable offer is accepted`(offers: String, answer: String) throws {
        let (_, head) = try open(offers)
        #expect(head.contains("Sec-WebSocket-Extensions: \(answer)\r\n"))
    }

    @Test(arguments: [
        "permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=09", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; client_max_window_bits=7", "permessage-deflate; client_max_window_bits=x",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; unknown",
        "permessage-deflate; client_max_window_bits; client_max_window_bits", "permessage-deflate;",
        "constructor", ";;;,,,=", "",
    ])
    func `an unacceptable offer is declined, and the WebSocket opens without compression`(offers: String) throws {
        let (echo, head) = try open(offers)
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        #expect(!head.contains("Extensions"))
        // C1: compressed text, although compression wasn't negotiated.
        #expect(try echo.send(frame(0xC1, [])) == [0x88, 2, 0x03, 0xEA])
    }

    @Test func `compression is declined unless the upgrade allows it`() throws {
        #expect(try !open("permessage-deflate", nil).1.contains("Extensions"))
    }

    // MARK: Messages

    @Test func `the samples of RFC 7692 are read, whole, in fragments and repeatedly`() throws {
        let (echo, _) = try open("permessage-deflate")
        // §7.2.3.1: "Hello".
        let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let answer = [0x81, 5] + Array("Hello".utf8)
        #expect(try echo.send(frame(0xC1, hello)) == answer)
        let fragments = frame(0x41, hello[..<3]) + frame(0x89, []) + frame(0x80, hello[3...])
        #expect(try echo.send(fragments) == [0x8A, 0] + answer)
        #expect(try echo.send(frame(0xC1, hello) + frame(0x81, "plain".utf8)) == answer + [0x81, 5] + "plain".utf8)
        // §7.2.3.3: a stored block. §7.2.3.4: a block with BFINAL set.
        #expect(try echo.send(frame(0xC1, [0x00, 0x05, 0x00, 0xFA, 0xFF] + "Hello".utf8 + [0x00])) == answer)
        #expect(try echo.send(frame(0xC1, [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00])) == answer)
        #expect(try echo.send(frame(0xC1, [0x00])) == [0x81, 0])
        for byte in frame(0xC1, hello).dropLast() { #expect(try echo.send([byte]) == []) }
        #expect(try echo.send([0x00]) == answer)
    }

    @Test func `only messages that are long and become shorter are compressed`() throws {
        let (echo, _) = try open("permessage-deflate")
        let long = String(repeating: "héllo ", count: 1_000)
        for _ in 0..<2 { #expect(try text(echo.send(frame(0xC1, compressed(long)))) == long) }
        #expect(try echo.send(frame(0x81, String(repeating: "a", count: 1_023).utf8)).first == 0x81)
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(try echo.send(frame(0x82, noise)) == [0x82, 126, 0x07, 0xD0] + noise)
    }

    @Test func `the negotiated window size is used`() throws {
        let (echo, _) = try open("permessage-deflate; server_max_window_bits=9")
        // A repetition after 600 bytes is outside of a window of 512 bytes.
        let part = (0..<600).map { _ in String(UInt8.random(in: 0...9)) }.joined()
        let small = try echo.send(frame(0x81, (part + part + part).utf8))
        #expect(try text(small) == part + part + part)
        let (wide, _) = try open("permessage-deflate")
        #expect(try wide.send(frame(0x81, (part + part + part).utf8)).count < small.count / 2)
    }

    private static let broken: [(name: String, first: UInt8, payload: [UInt8], code: UInt16)] = [
        ("a compressed ping", 0xC9, [], 1002),
        ("a compressed close", 0xC8, [], 1002),
        ("a compressed continuation", 0xC0, [], 1002),
        ("another reserved bit", 0xA1, [], 1002),
        ("corrupt data", 0xC1, [0xFF, 0xFF, 0xFF], 1007),
        // A stored block of the byte FF.
        ("text that isn't UTF-8", 0xC1, [0x00, 0x01, 0x00, 0xFE, 0xFF, 0xFF, 0x00], 1007),
    ]

    @Test(arguments: broken.map(\.name))
    func `a protocol violation is answered with its close code`(name: String) throws {
        guard let rule = Self.broken.first(where: { $0.name == name }) else { return }
        let (echo, _) = try open("permessage-deflate")
        let answer = try echo.send(frame(rule.first, rule.payload))
        #expect(answer == [0x88, 2, UInt8(rule.code >> 8), UInt8(rule.code & 255)])
        #expect(!echo.wire.isOpen)
        #expect(echo.messages.isEmpty)
    }

    @Test func `a message that exceeds the limit when decompressed is refused`() throws {
        let bomb = try compressed(String(repeating: "a", count: 100_001))
        #expect(bomb.count < 200)
        let (echo, _) = try open("permessage-deflate")
        #expect(try echo.send(frame(0xC1, bomb)) == [0x88, 2, 0x03, 0xF1])
        let (other, _) = try open("permessage-deflate")
        let limit = String(repeating: "a", count: 100_000)
        #expect(try text(other.send(frame(0xC1, compressed(limit)))) == limit)
    }

    @Test func `a prepared message is compressed once for all WebSockets with the same window`() throws {
        let long = String(repeating: "all ", count: 1_000)
        let message = PreparedMessage(text: ByteBuffer(string: long))
        let (first, _) = try open("permessage-deflate")
        let (second, _) = try open("permessage-deflate")
        let (small, _) = try open("permessage-deflate; server_max_window_bits=9")
        let (plain, _) = try open("")
        for echo in [first, second, small, plain] { echo.webSocket?.send(message) }
        let frame = try first.send([])
        #expect(try text(frame) == long)
        #expect(try second.send([]) == frame)
        #expect(try text(small.send([])) == long)
        #expect(try plain.send([]) == Array(message.frame.buffer.readableBytesView))
        #expect(message.frame(of: DeflateParameters().framing) { _ in ByteBuffer() }.buffer == ByteBuffer(bytes: frame))
    }

    @Test func `the frame of a prepared message isn't shared between window sizes`() throws {
        // A repetition after 600 bytes is outside of a window of 512 bytes.
        let part = (0..<600).map { _ in String(UInt8.random(in: 0...9)) }.joined()
        let text = ByteBuffer(string: part + part + part)
        let compression = MessageCompression()
        let sizes = [9, 15, 9].compactMap {
            compression.deflate(text, DeflateParameters(windowBits: $0))?.readableBytes
        }
        #expect(sizes[0] == sizes[2])
        #expect(sizes[1] < sizes[0] / 2)
        let message = PreparedMessage(text: text)
        let (wide, _) = try open("permessage-deflate")
        let (small, _) = try open("permessage-deflate; server_max_window_bits=9")
        for echo in [wide, small] { echo.webSocket?.send(message) }
        #expect(try wide.send([]).count < sizes[0] / 2)
        #expect(try small.send([]).count > sizes[0])
    }
}
