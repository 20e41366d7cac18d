import GustHTTP
import NIOCore
import Testing

/// Messages that are framed once for many WebSockets (RFC 6455 §5.2).
@Suite struct PreparedMessageTests {
    @Test(arguments: [
        (0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 0xFF, 0xFF]),
        (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ])
    func `the header is the shortest for the length of the payload`(length: Int, header: [UInt8]) {
        let payload = ByteBuffer(repeating: 0x61, count: length)
        let message = PreparedMessage(text: payload)
        #expect(message.frame.buffer.getBytes(at: 0, length: header.count) == header)
        #expect(message.frame.buffer.readableBytes == header.count + length)
        #expect(message.payload == payload)
        let inPlace = PreparedMessage(textOf: length / 2) { $0.writeImmutableBuffer(payload) }
        #expect(inPlace.frame.buffer == message.frame.buffer)
        #expect(inPlace.payload == payload)
        #expect(inPlace.isText)
    }

    @Test func `a binary message has the binary opcode`() {
        let message = PreparedMessage(binary: ByteBuffer(bytes: [1]))
        #expect(message.frame.buffer == ByteBuffer(bytes: [0x82, 1, 1]))
        #expect(!message.isText)
        #expect(PreparedMessage(text: ByteBuffer()).isText)
    }

    @Test func `a frame of another kind is made once`() {
        struct Failure: Error {}
        let message = PreparedMessage(text: ByteBuffer(string: "a"))
        var made: [String] = []
        // After a failure the frame is made on the next call.
        #expect(throws: Failure.self) { try message.frame(of: .hixie) { _ in throw Failure() } }
        let wide = PreparedMessage.OtherFraming.deflated(windowBits: 15, level: 6, memoryLevel: 8)
        let narrow = PreparedMessage.OtherFraming.deflated(windowBits: 9, level: 6, memoryLevel: 8)
        for (name, framing) in [("h", .hixie), ("h", .hixie), ("w", wide), ("n", narrow), ("w", wide), ("h", .hixie)] {
            let frame = message.frame(of: framing) { payload in
                made.append(name)
                return ByteBuffer(string: "\(name) \(String(buffer: payload))")
            }
            #expect(String(buffer: frame.buffer) == "\(name) a")
        }
        #expect(made == ["h", "w", "n"])
    }
}
