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

    @Test func `all that a byte stands for comes out with it`() throws {
        // A byte of this makes four runs of 258 bytes, for which there is no room at once.
        let zeros = ByteBuffer(repeating: 0, count: 100_000)
        let inflator = try Inflator(.raw(windowBits: 15))
        let roomy = try Inflator(.raw(windowBits: 15))
        var whole = ByteBuffer()
        var expected = ByteBuffer()
        expected.reserveCapacity(200_000)
        var ended = false
        for byte in try Deflator.compress(zeros, .raw(windowBits: 15), level: 9).readableBytesView {
            var piece = ByteBuffer()
            ended = try inflator.write(ByteBuffer(bytes: [byte]), into: &piece, limit: 100_000)
            whole.writeImmutableBuffer(piece)
            try roomy.write(ByteBuffer(bytes: [byte]), into: &expected, limit: 100_000)
            #expect(whole.readableBytes == expected.readableBytes)
        }
        #expect(ended)
        #expect(whole == zeros)
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

    @Test func `the limit counts what the output has already, from its reader index`() throws {
        let compressed = try Deflator.compress(ByteBuffer(string: "12345"), .gzip)
        for (limit, isTooLong) in [(8, false), (7, true), (3, true), (2, true), (0, true)] {
            var output = ByteBuffer(string: "read, abc")
            output.moveReaderIndex(forwardBy: 6)
            let inflator = try Inflator(.gzip)
            guard isTooLong else {
                #expect(try inflator.write(compressed, into: &output, limit: limit))
                #expect(String(buffer: output) == "abc12345")
                continue
            }
            #expect(throws: ZlibError.tooLong(limit: limit)) {
                try inflator.write(compressed, into: &output, limit: limit)
            }
            #expect(String(buffer: output) == String("abc12345".prefix(limit)))
            #expect(throws: ZlibError.ended) { try inflator.write(compressed, into: &output, limit: 100) }
        }
    }

    @Test func `there may be no limit`() throws {
        var output = ByteBuffer()
        let compressed = try Deflator.compress(ByteBuffer(string: "unbounded"), .gzip)
        #expect(try Inflator(.gzip).write(compressed, into: &output, limit: .max))
        #expect(String(buffer: output) == "unbounded")
    }

    @Test func `bytes behind the end are left out, and nothing more is taken`() throws {
        var compressed = try Deflator.compress(ByteBuffer(string: "whole"), .gzip)
        compressed.writeImmutableBuffer(try Deflator.compress(ByteBuffer(string: " and more"), .gzip))
        let inflator = try Inflator(.gzip)
        var output = ByteBuffer()
        #expect(try inflator.write(compressed, into: &output, limit: 100))
        #expect(String(buffer: output) == "whole")
        #expect(throws: ZlibError.ended) { try inflator.write(compressed, into: &output, limit: 100) }
        inflator.reset()
        #expect(try inflator.write(compressed, into: &output, limit: 100))
    }

    @Test func `nothing comes of nothing`() throws {
        var output = ByteBuffer()
        #expect(try Inflator(.gzip).write(ByteBuffer(), into: &output, limit: 100) == false)
        let empty = try Deflator.compress(ByteBuffer(), .gzip)
        #expect(try Inflator(.gzip).write(empty, into: &output, limit: 0))
        #expect(output.readableBytes == 0)
    }
}
