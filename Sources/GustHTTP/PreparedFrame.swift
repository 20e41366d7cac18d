import NIOCore
import Synchronization

/// The frame of a ``PreparedMessage`` for RFC 6455, uncompressed, and with it the frames of other kinds: one object, so that a copy of the
/// message costs one reference.
///
/// `@unchecked Sendable`: as ``SharedFrame``; what this class adds is constant or behind a lock.
package final class PreparedFrame: SharedFrame, @unchecked Sendable {
    let isText: Bool
    let headerLength: Int
    /// The frames of other kinds, made on demand.
    let others = Mutex<[PreparedMessage.OtherFraming: SharedFrame]>([:])

    init(_ payload: ByteBuffer, isText: Bool) {
        self.isText = isText
        var frame = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
        PreparedMessage.writeHeader(firstByte: isText ? 0x81 : 0x82, payloadLength: payload.readableBytes, into: &frame)
        headerLength = frame.readableBytes
        frame.writeImmutableBuffer(payload)
        super.init(frame)
    }

    /// Frames the text that `write` appends: nothing is copied, because its header is stored in front of it afterwards.
    init(textOf capacity: Int, writtenBy write: (inout ByteBuffer) -> Void) {
        isText = true
        var frame = ByteBufferAllocator().buffer(capacity: PreparedMessage.longestHeader + capacity)
        frame.moveWriterIndex(to: PreparedMessage.longestHeader)
        frame.moveReaderIndex(to: PreparedMessage.longestHeader)
        write(&frame)
        let length = frame.readableBytes
        headerLength = withUnsafeTemporaryAllocation(byteCount: PreparedMessage.longestHeader, alignment: 1) { header in
            let count = PreparedMessage.writeHeader(firstByte: 0x81, payloadLength: length, to: header)
            frame.moveReaderIndex(to: PreparedMessage.longestHeader - count)
            frame.setBytes(UnsafeRawBufferPointer(rebasing: header[..<count]), at: frame.readerIndex)
            return count
        }
        super.init(frame)
    }
}
