import GustHTTP
import NIOCore
import Testing

/// Frames that several WebSockets send.
@Suite struct SharedFrameTests {
    @Test func `the bytes of a frame are those of its buffer, without a copy`() {
        var buffer = ByteBuffer(string: "...frame")
        buffer.moveReaderIndex(forwardBy: 3)
        let frame = SharedFrame(buffer)
        #expect(Array(frame.bytes) == Array("frame".utf8))
        let address = buffer.withUnsafeReadableBytes { $0.baseAddress }
        #expect(frame.bytes.baseAddress == address)
    }

    @Test func `the bytes of a frame stay as they are if somebody changes the buffer that it was made of`() {
        var buffer = ByteBuffer(string: "frame")
        let frame = SharedFrame(buffer)
        buffer.setString("XXXXX", at: 0)
        buffer.clear()
        buffer.writeString(String(repeating: "Y", count: 1_000))
        #expect(Array(frame.bytes) == Array("frame".utf8))
        #expect(frame.buffer == ByteBuffer(string: "frame"))
    }

    @Test func `an empty frame has no bytes`() {
        #expect(SharedFrame(ByteBuffer()).bytes.isEmpty)
    }
}
