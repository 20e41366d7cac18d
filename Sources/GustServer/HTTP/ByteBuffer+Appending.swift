import NIOCore

extension ByteBuffer {
    /// Appends bytes that were read to the bytes that have not been consumed, and discards consumed bytes.
    ///
    /// Without this, consumed bytes would stay in memory for as long as no read ends at the end of a message. The buffer
    /// holds at most its unconsumed bytes and one read.
    mutating func append(read bytes: inout ByteBuffer) {
        guard readableBytes > 0 else {
            self = bytes
            return
        }
        discardReadBytes()
        writeBuffer(&bytes)
    }
}
