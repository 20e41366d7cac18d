import GustZlib
import NIOCore
import Testing

@Suite struct InflatorTests {
    @Test func `a bomb stops at the limit`() throws {
        let bomb = try Deflator.compress(ByteBuffer(repeating: 0, count: 50_000_000), .raw(windowBits: 15), level: 9)
        #expect(bomb.readableBytes < 60_000)
        var output = ByteBuffer()
        let inflator = try Inflator(.raw(windowBits: 15))
        #expect(throws: ZlibError.tooLong(limit: 1_000)) { try inflator.write(bomb, into: &output, limit: 1_000) }
        #expect(output.readableBytes == 1_000)
        #expect(output.capacity < 200_000)
    }

    @Test func `exactly the limit is not too long`() throws {
        let compressed = try Deflator.compress(ByteBuffer(repeating: 7, count: 1_000), .gzip)
        var output = ByteBuffer()
        #expect(try Inflator(.gzip).write(compressed, into: &output, limit: 1_000))
        #expect(output.readableBytes == 1_000)
    }

    @Test func `bytes may come one at a time`() throws {
        let text = ByteBuffer(string: "one at a time, one at a time")
        let inflator = try Inflator(.gzip)
        var output = ByteBuffer()
        var ended = false
        for byte in try Deflator.compress(text, .gzip).readableBytesView {
            #expect(!ended)
            ended = try inflator.write(ByteBuffer(bytes: [byte]), into: &output, limit: 100)
        }
        #expect(ended)
        #expect(output == text)
    }

    @Test func `damaged data is an error, and the stream is over`() throws {
        let inflator = try Inflator(.gzip)
        var output = ByteBuffer()
        #expect(throws: ZlibError.corrupt) {
            try inflator.write(ByteBuffer(string: "not gzip"), into: &output, limit: 100)
        }
        #expect(throws: ZlibError.ended) { try inflator.write(ByteBuffer(), into: &output, limit: 100) }
    }

    @Test func `a reset inflator reads the next stream`() throws {
        let compressed = try Deflator.compress(ByteBuffer(string: "again"), .zlib)
        let inflator = try Inflator(.zlib)
        for _ in 0..<3 {
            var output = ByteBuffer()
            #expect(try inflator.write(compressed, into: &output, limit: 100))
            #expect(String(buffer: output) == "again")
            inflator.reset()
        }
    }

    @Test func `a truncated stream isn't at its end`() throws {
        var compressed = try Deflator.compress(ByteBuffer(string: "cut off"), .gzip)
        compressed.moveWriterIndex(to: compressed.writerIndex - 4)
        var output = ByteBuffer()
        #expect(try Inflator(.gzip).write(compressed, into: &output, limit: 100) == false)
    }
}
