import GustHTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// The memory of a connection is bounded, however its bytes are divided into reads.
@Suite struct HTTPMemoryTests {
    private func handler(of wire: Wire) throws -> HTTPConnectionHandler {
        try wire.channel.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self)
    }

    @Test(arguments: [1, 17, 26])
    func `the input buffer stays small if no read ends at the end of a request`(cut: Int) throws {
        let wire = try Wire(ImmediateHandler { _ in Response() })
        let handler = try handler(of: wire)
        let request = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        let reads = Array(repeating: request, count: 200).flatMap { $0 }
        try wire.send(ByteBuffer(bytes: request[..<cut]))
        for _ in 0..<200 {
            try wire.send(ByteBuffer(bytes: request[cut...] + reads + request[..<cut]))
            #expect(handler.input.capacity <= 64 * 1_024)
        }
    }

    @Test func `the input buffer stays small if no read ends at the end of a chunk`() throws {
        let wire = try Wire.echo()
        let handler = try handler(of: wire)
        // An extension has bytes on the wire but none of the body, of which the handler accepts 1,000.
        let chunk = "1;\(String(repeating: "a", count: 200))\r\na\r\n"
        try wire.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1")
        for _ in 0..<900 {
            try wire.send("\(chunk.dropFirst())1")
            #expect(handler.input.capacity <= 4 * 1_024)
        }
    }

    @Test func `a connection that waits for its next request holds no read buffer`() throws {
        let wire = try Wire.echo()
        try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try handler(of: wire).input.capacity == 0)
    }

    @Test(arguments: [500, 2_000, .max])
    func `after a burst of reads a channel keeps only a tiny read buffer`(length: Int) {
        let loop = LoopContext(executor: LoopExecutor(EmbeddedEventLoop()))
        var pool = NIOPooledRecvBufferAllocator(capacity: 1, recvAllocator: ReadBufferAllocator(loop))
        func read(_ count: Int) -> Int {
            let (buffer, _) = pool.buffer(allocator: ByteBufferAllocator()) { buffer in
                buffer.writeRepeatingByte(0, count: min(count, buffer.writableBytes))
            }
            pool.record(actualReadBytes: buffer.readableBytes)
            loop.giveBack(read: buffer)
            return buffer.capacity
        }
        var largest = read(length)
        #expect(largest <= 16, "SwiftNIO keeps the first buffer")
        for _ in 0..<20 { largest = max(largest, read(length)) }
        #expect(largest >= min(length, 65_536))
        // After many small reads, a small read gets the buffer that all channels of the loop share.
        for _ in 0..<40 { _ = read(1) }
        #expect(read(1) == 512)
    }

    @Test func `small reads of all channels use the same memory, unless a handler keeps a part of a read`() {
        let loop = LoopContext(executor: LoopExecutor(EmbeddedEventLoop()))
        func read() -> (part: ByteBuffer, address: Int) {
            var buffer = loop.takeReadBuffer()
            buffer.writeInteger(UInt64(1))
            loop.giveBack(read: buffer)
            return (buffer, buffer.withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) })
        }
        let first = read().address
        let kept = read()
        #expect(kept.address == first)
        let other = read()
        #expect(other.address != first)
        #expect(kept.part.getInteger(at: 0) == UInt64(1))
    }
}
