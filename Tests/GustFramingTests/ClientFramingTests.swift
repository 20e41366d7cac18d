import GustHTTP
import NIOCore
import Testing

@testable import GustFraming

/// Frames of a client and for a client (RFC 6455 §5).
@Suite struct ClientFramingTests {
    /// A key of the bytes 1, 2, 3, 4.
    private static let key = UInt32(bigEndian: 0x0102_0304)

    private func client(deflate: MessageDeflate? = nil, size: Int = 1 << 20) -> RFC6455Framing {
        RFC6455Framing(
            role: .client,
            maximumMessageSize: size,
            maximumFragments: 4,
            deflate: deflate,
            masking: MaskingKeys(repeating: [Self.key])
        )
    }

    private func server() -> RFC6455Framing { RFC6455Framing(maximumMessageSize: 1 << 20, maximumFragments: 4) }

    private func inputs(_ bytes: [UInt8], by framing: RFC6455Framing) -> [WebSocketInput] {
        var framing = framing
        var buffer = ByteBuffer(bytes: bytes)
        var inputs: [WebSocketInput] = []
        framing.read(&buffer, into: &inputs)
        return inputs
    }

    private func masked(_ payload: some Sequence<UInt8>) -> [UInt8] {
        zip(0..., payload).map { $1 ^ UInt8($0 & 3 + 1) }
    }

    // MARK: Writing

    @Test func `the header has the mask bit and the key, and the payload is masked`() {
        var output = ByteBuffer()
        client().write(.text, ByteBuffer(string: "Hello"), into: &output)
        #expect(Array(output.readableBytesView) == [0x81, 0x85, 1, 2, 3, 4] + masked("Hello".utf8))
    }

    @Test(
        arguments: [
            (125, [0x80 | 125]), (126, [0xFE, 0, 126]), (65_535, [0xFE, 255, 255]),
            (65_536, [0xFF, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])]
    )
    func `a longer payload has a longer header`(length: Int, header: [UInt8]) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        var output = ByteBuffer()
        client().write(.binary, ByteBuffer(bytes: payload), into: &output)
        #expect(Array(output.readableBytesView) == [0x82] + header + [1, 2, 3, 4] + masked(payload))
    }

    @Test func `only the payload is masked, not the bytes in front of the frame`() {
        var output = ByteBuffer(string: "xbefore")
        output.moveReaderIndex(forwardBy: 1)
        client().write(.ping, ByteBuffer(string: "a"), into: &output)
        client().write(.close, ByteBuffer(), into: &output)
        #expect(
            Array(output.readableBytesView)
                == Array("before".utf8) + [0x89, 0x81, 1, 2, 3, 4, 0x61 ^ 1] + [0x88, 0x80, 1, 2, 3, 4]
        )
    }

    @Test func `the payload of the caller is unchanged`() {
        let payload = ByteBuffer(string: "shared")
        var output = ByteBuffer()
        client().write(.text, payload, into: &output)
        #expect(payload == ByteBuffer(string: "shared"))
    }

    @Test func `each frame has the next key`() {
        let framing = RFC6455Framing(
            role: .client,
            maximumMessageSize: 1,
            maximumFragments: 1,
            masking: MaskingKeys(repeating: [0, Self.key])
        )
        var output = ByteBuffer()
        for _ in 0..<2 { framing.write(.text, ByteBuffer(string: "a"), into: &output) }
        #expect(Array(output.readableBytesView) == [0x81, 0x81, 0, 0, 0, 0, 0x61, 0x81, 0x81, 1, 2, 3, 4, 0x60])
    }

    @Test func `a server reads what a client has written`() {
        var output = ByteBuffer()
        for kind in [WebSocketOutput.text, .binary, .ping] {
            client().write(kind, ByteBuffer(string: "héllo, server"), into: &output)
        }
        let payload = ByteBuffer(string: "héllo, server")
        #expect(
            inputs(Array(output.readableBytesView), by: server()) == [.text(payload), .binary(payload), .ping(payload)]
        )
    }

    @Test func `a client never writes a frame plainly or shares it`() throws {
        let framing = client()
        #expect(!framing.isPlain)
        let frame = try framing.frame(of: PreparedMessage(text: ByteBuffer(string: "a")))
        #expect(Array(frame.buffer.readableBytesView) == [0x81, 0x81, 1, 2, 3, 4, 0x60])
        #expect(server().isPlain)
    }

    // MARK: Reading

    @Test func `a client reads frames without a mask`() {
        let frames: [UInt8] = [0x81, 2, 0x68, 0x69, 0x02, 1, 7, 0x89, 1, 9, 0x80, 1, 8, 0x88, 2, 0x03, 0xE8]
        #expect(
            inputs(frames, by: client())
                == [
                    .text(ByteBuffer(string: "hi")), .ping(ByteBuffer(bytes: [9])), .binary(ByteBuffer(bytes: [7, 8])),
                    .close(.normalClosure, reason: ""),
                ]
        )
    }

    @Test func `the frames may be cut anywhere`() {
        let long = [UInt8](repeating: 0x61, count: 300)
        let frames = [0x81, 126, 1, 44] + long + [0x8A, 0, 0x01, 1, 0x62, 0x80, 1, 0x63]
        var framing = client()
        var buffer = ByteBuffer()
        var inputs: [WebSocketInput] = []
        for byte in frames {
            buffer.writeInteger(byte)
            framing.read(&buffer, into: &inputs)
        }
        #expect(inputs == [.text(ByteBuffer(bytes: long)), .pong, .text(ByteBuffer(string: "bc"))])
        #expect(buffer.readableBytes == 0)
    }

    @Test func `a frame of the wrong end is a violation of the protocol`() {
        let plain: [UInt8] = [0x81, 1, 0x61]
        let masked: [UInt8] = [0x81, 0x81, 1, 2, 3, 4, 0x60]
        #expect(inputs(masked, by: client()) == [.failure(.protocolError)])
        #expect(inputs(plain, by: server()) == [.failure(.protocolError)])
        #expect(inputs(plain, by: client()) == [.text(ByteBuffer(string: "a"))])
        #expect(inputs(masked, by: server()) == [.text(ByteBuffer(string: "a"))])
    }

    @Test func `a frame that announces too much is refused when its header has been received`() {
        #expect(inputs([0x82, 127, 0, 0, 0, 0, 0, 16, 0, 1], by: client()) == [.failure(.messageTooBig)])
        #expect(
            inputs([0x82, 127, 0x7F, 255, 255, 255, 255, 255, 255, 255], by: client()) == [.failure(.messageTooBig)]
        )
    }

    @Test func `a compressed message of a server is read, and refused without compression`() throws {
        // RFC 7692 §7.2.3.1: "Hello".
        let hello: [UInt8] = [0xC1, 7, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let response = "permessage-deflate; server_no_context_takeover"
        let negotiated = try PermessageDeflate(response: response, to: WebSocketDeflate())
        let deflate = MessageDeflate(negotiated, MessageCompression())
        #expect(inputs(hello, by: client(deflate: deflate)) == [.text(ByteBuffer(string: "Hello"))])
        #expect(inputs(hello, by: client(deflate: deflate, size: 4)) == [.failure(.messageTooBig)])
        #expect(inputs(hello, by: client()) == [.failure(.protocolError)])
    }

    @Test func `a client compresses behind the mask`() throws {
        let negotiated = try PermessageDeflate(
            response: "permessage-deflate; server_no_context_takeover",
            to: WebSocketDeflate()
        )
        let text = ByteBuffer(repeating: 0x61, count: 5_000)
        var output = ByteBuffer()
        client(deflate: MessageDeflate(negotiated, MessageCompression())).write(.text, text, into: &output)
        #expect(output.readableBytes < 100)
        #expect(output.readableBytesView.first == 0xC1)
        let accepted = try #require(PermessageDeflate(offers: PermessageDeflate.offer(WebSocketDeflate())))
        let server = RFC6455Framing(
            maximumMessageSize: 5_000,
            maximumFragments: 1,
            deflate: MessageDeflate(accepted, MessageCompression())
        )
        #expect(inputs(Array(output.readableBytesView), by: server) == [.text(text)])
    }
}
