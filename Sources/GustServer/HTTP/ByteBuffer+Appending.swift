import NIOCore

extension ByteBuffer {
    /// Appends bytes that were read to the bytes that have not been consumed, and discards consumed bytes.
    ///
    /// Without this, consumed bytes would stay in memory for as long as no read ends at the end of a message. The buffer
    /// holds at most its unconsumed bytes and one read, in at most four times as much memory, or 1 KiB.
    mutating func append(read bytes: inout ByteBuffer) {
        guard readableBytes > 0 else {
            self = bytes
            return
        }
        let length = readableBytes + bytes.readableBytes
        if capacity > max(1_024, 4 * length) {
            // The memory of a long head isn't kept for the beginning of the next one.
            var rest = ByteBuffer()
            rest.reserveCapacity(length)
            rest.writeBuffer(&self)
            rest.writeBuffer(&bytes)
            self = rest
        } else {
            discardReadBytes()
            writeBuffer(&bytes)
        }
    }
}
