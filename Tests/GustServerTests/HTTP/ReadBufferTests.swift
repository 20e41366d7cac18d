import NIOCore
import Testing

@testable import GustServer

/// The bytes of a connection that were read and not consumed.
@Suite struct ReadBufferTests {
    @Test func `the memory of a long head isn't kept for the beginning of the next one`() {
        var buffer = ByteBuffer()
        var head = ByteBuffer(repeating: 1, count: 60_000)
        buffer.append(read: &head)
        head = ByteBuffer(repeating: 2, count: 10_000)
        buffer.append(read: &head)
        // The head has been parsed; three bytes of the next one follow it.
        buffer.moveReaderIndex(forwardBy: 69_997)
        var piece = ByteBuffer(bytes: [3, 4, 5])
        buffer.append(read: &piece)
        #expect(buffer == ByteBuffer(bytes: [2, 2, 2, 3, 4, 5]))
        #expect(buffer.capacity <= 1_024)
    }

    @Test(arguments: [1, 100, 3_000])
    func `the memory is at most four times that of the bytes`(count: Int) {
        var buffer = ByteBuffer(repeating: 0, count: 100_000)
        buffer.moveReaderIndex(forwardBy: 100_000 - count)
        var piece = ByteBuffer(repeating: 1, count: count)
        buffer.append(read: &piece)
        #expect(buffer.readableBytes == 2 * count)
        #expect(buffer.capacity <= max(1_024, 8 * count))
    }
}
