import GustZlib
import NIOCore
import Testing

@Suite struct DeflatorTests {
    @Test(arguments: [CompressionFormat.gzip, .zlib, .raw(windowBits: 15), .raw(windowBits: 9)])
    func `compressed data is restored by an inflator`(format: CompressionFormat) throws {
        let text = ByteBuffer(string: String(repeating: "Gust blows. ", count: 20_000))
        let compressed = try Deflator.compress(text, format)
        #expect(compressed.readableBytes < text.readableBytes / 20)
        var restored = ByteBuffer()
        #expect(try Inflator(format).write(compressed, into: &restored, limit: 1 << 20))
        #expect(restored == text)
    }

    @Test func `a gzip stream begins with its magic number`() throws {
        let compressed = try Deflator.compress(ByteBuffer(string: "a"), .gzip)
        // 1F 8B: gzip; 08: deflate (RFC 1952 §2.3.1).
        #expect(compressed.getBytes(at: 0, length: 3) == [0x1F, 0x8B, 0x08])
    }

    @Test func `incompressible data is restored by an inflator`() throws {
        var random = SystemRandomNumberGenerator()
        let noise = ByteBuffer(bytes: (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        var restored = ByteBuffer()
        try Inflator(.gzip).write(Deflator.compress(noise, .gzip), into: &restored, limit: 300_000)
        #expect(restored == noise)
    }

    @Test func `after a sync flush the peer can decompress all that was written`() throws {
        let deflator = try Deflator(.gzip)
        let inflator = try Inflator(.gzip)
        for text in ["data: 1\n\n", "data: 2\n\n"] {
            var sent = ByteBuffer()
            try deflator.write(ByteBuffer(string: text), flush: .sync, into: &sent)
            var received = ByteBuffer()
            #expect(try inflator.write(sent, into: &received, limit: 100) == false)
            #expect(String(buffer: received) == text)
        }
    }

    @Test func `a sync flush ends in the empty stored block that permessage-deflate drops`() throws {
        let deflator = try Deflator(.raw(windowBits: 15))
        var sent = ByteBuffer()
        try deflator.write(ByteBuffer(string: "Hello"), flush: .sync, into: &sent)
        // RFC 7692 §7.2.3.1: F2 48 CD C9 C9 07 00, followed here by 00 00 FF FF.
        #expect(sent == ByteBuffer(bytes: [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF]))
    }

    @Test func `a reset deflator compresses like a new deflator`() throws {
        let deflator = try Deflator(.raw(windowBits: 12))
        var first = ByteBuffer()
        try deflator.write(ByteBuffer(string: "Hello, Hello"), flush: .finish, into: &first)
        deflator.reset()
        var second = ByteBuffer()
        try deflator.write(ByteBuffer(string: "Hello, Hello"), flush: .finish, into: &second)
        #expect(first == second)
    }

    @Test func `writing to a finished stream throws`() throws {
        let deflator = try Deflator(.gzip)
        var output = ByteBuffer()
        try deflator.write(ByteBuffer(string: "a"), flush: .finish, into: &output)
        #expect(throws: ZlibError.ended) {
            try deflator.write(ByteBuffer(string: "b"), flush: .finish, into: &output)
        }
    }

    @Test(arguments: [8, 16, 0, -9])
    func `a window size that zlib doesn't support is refused`(windowBits: Int) {
        #expect(throws: ZlibError.unsupportedSettings) { try Deflator(.raw(windowBits: windowBits)) }
        #expect(throws: ZlibError.unsupportedSettings) { try Inflator(.raw(windowBits: windowBits)) }
    }

    @Test func `a level that zlib doesn't support is refused`() {
        for level in [-1, 0, 10] {
            #expect(throws: ZlibError.unsupportedSettings) { try Deflator(.gzip, level: level) }
        }
        for memoryLevel in [0, 10] {
            #expect(throws: ZlibError.unsupportedSettings) { try Deflator(.gzip, memoryLevel: memoryLevel) }
        }
    }

    @Test func `a flush without data is no error`() throws {
        let deflator = try Deflator(.zlib)
        var sent = ByteBuffer()
        for flush in [Deflator.Flush.sync, .sync, .none, .full, .full] {
            try deflator.write(ByteBuffer(), flush: flush, into: &sent)
        }
        try deflator.write(ByteBuffer(string: "a"), flush: .finish, into: &sent)
        var received = ByteBuffer()
        #expect(try Inflator(.zlib).write(sent, into: &received, limit: 10))
        #expect(String(buffer: received) == "a")
    }
}
