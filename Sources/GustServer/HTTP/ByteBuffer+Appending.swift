import NIOCore

extension ByteBuffer {
    /// Appends bytes that were read to the bytes that have not been consumed, and discards consumed bytes.
    ///
    /// Otherwise bytes in front of the reader index would stay in memory for as long as no read ends where a message
    /// does. The buffer holds at most its unconsumed bytes and one read.
    mutating func append(read bytes: inout ByteBuffer) {
        guard readableBytes > 0 else {
            self = bytes
            return
        }
        discardReadBytes()
        writeBuffer(&bytes)
    }
}
