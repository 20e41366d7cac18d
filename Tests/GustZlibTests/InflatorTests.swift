import GustZlib
import NIOCore
import Testing

@Suite struct InflatorTests {
    @Test func `decompression stops at the limit`() throws {
        let bomb = try Deflator.compress(ByteBuffer(repeating: 0, count: 50_000_000), .raw(windowBits: 15), level: 9)
        #expect(bomb.readableBytes < 60_000)
        var output = ByteBuffer()
        let inflator = try Inflator(.raw(windowBits: 15))
        #expect(throws: ZlibError.tooLong(limit: 1_000)) { try inflator.write(bomb, into: &output, limit: 1_000) }
        #expect(output.readableBytes == 1_000)
        #expect(output.capacity < 200_000)
    }

    @Test func `output of exactly the limit is accepted`() throws {
        let compressed = try Deflator.compress(ByteBuffer(repeating: 7, count: 1_000), .gzip)
        var output = ByteBuffer()
        #expect(try Inflator(.gzip).write(compressed, into: &output, limit: 1_000))
        #expect(output.readableBytes == 1_000)
    }

    @Test func `a stream can be written one byte at a time`() throws {
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

    @Test func `each compressed byte yields all its output at once`() throws {
        // One compressed byte yields up to four runs of 258 bytes, more than the initial space of the output.
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

    @Test func `corrupt data throws and ends the stream`() throws {
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

    @Test func `a truncated stream doesn't end`() throws {
        var compressed = try Deflator.compress(ByteBuffer(string: "cut off"), .gzip)
        compressed.moveWriterIndex(to: compressed.writerIndex - 4)
        var output = ByteBuffer()
        #expect(try Inflator(.gzip).write(compressed, into: &output, limit: 100) == false)
    }

    @Test func `the limit includes the bytes that the output already contains, from its reader index`() throws {
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

    @Test func `a limit of Int.max means no limit`() throws {
        var output = ByteBuffer()
        let compressed = try Deflator.compress(ByteBuffer(string: "unbounded"), .gzip)
        #expect(try Inflator(.gzip).write(compressed, into: &output, limit: .max))
        #expect(String(buffer: output) == "unbounded")
    }

    @Test func `bytes after the end of the stream are ignored, and further writes throw`() throws {
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

    @Test func `empty input has no output`() throws {
        var output = ByteBuffer()
        #expect(try Inflator(.gzip).write(ByteBuffer(), into: &output, limit: 100) == false)
        let empty = try Deflator.compress(ByteBuffer(), .gzip)
        #expect(try Inflator(.gzip).write(empty, into: &output, limit: 0))
        #expect(output.readableBytes == 0)
    }
}
