import GustHTTP
import GustZlib
import NIOCore
import Testing

@testable import GustFraming
@testable import GustServer

/// The settings of permessage-deflate: threshold, level, windows, context takeover.
@Suite struct DeflateSettingsTests {
    private static let both = WebSocketDeflate.with {
        $0.keepsContext = true
        $0.keepsClientContext = true
    }

    /// Opens a WebSocket; returns the response's parameters behind the name of the extension.
    private func open(
        _ settings: WebSocketDeflate,
        offering offer: String = "permessage-deflate"
    ) throws -> (echo: WebSocketEcho, answer: String) {
        let echo = try WebSocketEcho(size: 1 << 20, deflate: settings)
        let request = """
            GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Extensions: \(offer)\r\n\r\n
            """
        let head = String(decoding: try echo.send(request.utf8), as: UTF8.self)
        let line = head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Extensions: permessage-deflate") }
        let answer = try #require(line).split(separator: "permessage-deflate", maxSplits: 1).last ?? ""
        return (echo, answer == "Sec-WebSocket-Extensions: " ? "" : String(answer))
    }

    /// The payload of a frame that the server has sent, whose first byte must be `first`.
    private func payload(_ frame: [UInt8], _ first: UInt8) throws -> ByteBuffer {
        #expect(frame.first == first)
        return ByteBuffer(bytes: frame[(frame[1] < 126 ? 2 : frame[1] == 126 ? 4 : 10)...])
    }

    /// The end of a client that keeps the server's context.
    private final class Peer {
        private let inflator: Inflator
        private let deflator: Deflator
        init() throws {
            inflator = try Inflator(.raw(windowBits: 15))
            deflator = try Deflator(.raw(windowBits: 15))
        }

        func text(_ payload: ByteBuffer) throws -> String {
            var input = payload
            input.writeBytes(MessageCompression.tail)
            var output = ByteBuffer()
            try inflator.write(input, into: &output, limit: 1 << 20)
            return String(buffer: output)
        }

        /// A masked frame (mask 0) with a message in this client's context.
        func frame(_ text: String) throws -> [UInt8] {
            var output = ByteBuffer()
            try deflator.write(ByteBuffer(string: text), flush: .sync, into: &output)
            let bytes = output.readableBytesView.dropLast(4)
            let length = [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
            return (bytes.count < 126 ? [0xC1, 0x80 | length[1]] : [0xC1, 0xFE] + length) + [0, 0, 0, 0] + bytes
        }
    }

    /// Text without repetitions, longer than the threshold.
    private let noise = (0..<400).map { "\($0 * 7_919 % 10_007) " }.joined()

    // MARK: Negotiation

    private static let negotiations: [(offer: String, settings: WebSocketDeflate, answer: String)] = [
        ("permessage-deflate", both, ""),
        ("permessage-deflate; server_no_context_takeover", both, "; server_no_context_takeover"),
        ("permessage-deflate; client_no_context_takeover", both, "; client_no_context_takeover"),
        ("permessage-deflate; server_max_window_bits=12", both, "; server_max_window_bits=12"),
        ("permessage-deflate", .with { $0.keepsContext = true }, "; client_no_context_takeover"),
        ("permessage-deflate", .with { $0.keepsClientContext = true }, "; server_no_context_takeover"),
        (
            "permessage-deflate", .with { $0.windowBits = 11 },
            "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11"
        ),
        (
            "permessage-deflate; server_max_window_bits=13", .with { $0.windowBits = 11 },
            "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11"
        ),
        (
            "permessage-deflate; client_max_window_bits", .with { $0.clientWindowBits = 10 },
            "; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=10"
        ),
        (
            "permessage-deflate; client_max_window_bits=9", .with { $0.clientWindowBits = 10 },
            "; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=9"
        ),
        // A client that doesn't offer the parameter must not be sent it (RFC 7692 §7.1.2.2).
        (
            "permessage-deflate", .with { $0.clientWindowBits = 10 },
            "; server_no_context_takeover; client_no_context_takeover"
        ),
        (
            "permessage-deflate",
            .with { ($0.windowBits, $0.clientWindowBits, $0.level, $0.memoryLevel) = (99, 0, 0, 99) },
            "; server_no_context_takeover; client_no_context_takeover"
        ),
    ]

    @Test(arguments: negotiations.indices)
    func `the response has the parameters of the offer and of the settings`(index: Int) throws {
        let (offer, settings, answer) = Self.negotiations[index]
        #expect(try open(settings, offering: offer).answer == answer)
    }

    // MARK: Threshold and level

    @Test func `messages from the threshold on are compressed`() throws {
        let (echo, _) = try open(.with { $0.minimumLength = 100 })
        let peer = try Peer()
        echo.webSocket?.send(String(repeating: "a", count: 99))
        #expect(try payload(echo.send([]), 0x81).readableBytes == 99)
        echo.webSocket?.send(String(repeating: "a", count: 100))
        #expect(try peer.text(payload(echo.send([]), 0xC1)) == String(repeating: "a", count: 100))
    }

    @Test func `a higher level makes messages shorter`() throws {
        let text = (0..<4_000).map { "\($0 * $0 % 977)" }.joined()
        let sizes = try [1, 9].map { level in
            let (echo, _) = try open(.with { $0.level = level })
            echo.webSocket?.send(text)
            return try payload(echo.send([]), 0xC1).readableBytes
        }
        #expect(sizes[1] < sizes[0])
    }

    // MARK: Context takeover

    @Test func `with context takeover a repeated message is short`() throws {
        let (echo, _) = try open(Self.both)
        let peer = try Peer()
        var sizes: [Int] = []
        for _ in 0..<3 {
            echo.webSocket?.send(noise)
            let bytes = try payload(echo.send([]), 0xC1)
            sizes.append(bytes.readableBytes)
            #expect(try peer.text(bytes) == noise)
        }
        #expect(sizes[0] > 500)
        #expect(sizes[1] < 50)
        #expect(sizes[2] < 50)
    }

    @Test func `the client's messages may refer to its earlier messages`() throws {
        let (echo, _) = try open(Self.both)
        let peer = try Peer()
        let first = try peer.frame(noise)
        let second = try peer.frame(noise)
        #expect(second.count < 60)
        _ = try echo.send(first)
        _ = try echo.send(second)
        #expect(echo.messages == [noise, noise])
    }

    @Test func `without context takeover a message that refers to an earlier one is refused`() throws {
        let (echo, _) = try open(WebSocketDeflate())
        let peer = try Peer()
        _ = try echo.send(peer.frame(noise))
        #expect(try echo.send(peer.frame(noise)) == [0x88, 2, 0x03, 0xEF])
    }

    @Test func `messages that aren't compressed and broadcasts don't disturb the context`() throws {
        let (echo, _) = try open(Self.both)
        let (other, _) = try open(Self.both)
        let peer = try Peer()
        var generator = SystemRandomNumberGenerator()
        let random = ByteBuffer(bytes: (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let message = PreparedMessage(text: ByteBuffer(string: noise + noise))
        func check(_ text: String) throws {
            echo.webSocket?.send(text)
            #expect(try peer.text(payload(echo.send([]), 0xC1)) == text)
        }
        try check(noise)
        echo.webSocket?.send(binary: random)
        #expect(try payload(echo.send([]), 0x82) == random)
        try check(noise)
        echo.webSocket?.send(message)
        other.webSocket?.send(message)
        let frame = try echo.send([])
        #expect(try peer.text(payload(frame, 0xC1)) == noise + noise)
        #expect(try other.send([]) == frame)
        try check(noise)
        try check(noise + "b")
        echo.webSocket?.send("short")
        #expect(try payload(echo.send([]), 0x81) == ByteBuffer(string: "short"))
        try check(noise)
    }

    @Test func `a broadcast is compressed once for the WebSockets with equal parameters`() throws {
        let message = PreparedMessage(text: ByteBuffer(string: noise))
        let offers = ["permessage-deflate; server_max_window_bits=10", "permessage-deflate"]
        let echoes = try [offers[0], offers[0], offers[1]].map { try open(WebSocketDeflate(), offering: $0).echo }
        for echo in echoes { echo.webSocket?.send(message) }
        _ = try echoes.map { try payload($0.send([]), 0xC1) }
        // The frame exists, so the closure isn't called.
        var made = 0
        for bits in [10, 15] {
            _ = message.frame(of: DeflateParameters(windowBits: bits).framing) { _ in
                made += 1
                return ByteBuffer()
            }
        }
        #expect(made == 0)
    }
}

extension WebSocketDeflate {
    /// Settings with some changes.
    fileprivate static func with(_ change: (inout WebSocketDeflate) -> Void) -> WebSocketDeflate {
        var settings = WebSocketDeflate()
        change(&settings)
        return settings
    }
}
