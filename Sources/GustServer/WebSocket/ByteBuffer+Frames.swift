import GustFraming
import GustHTTP
import NIOCore

/// Frames of RFC 6455 that are written in place, so that the buffer of a burst isn't copied out and back for each of them.
extension ByteBuffer {
    /// The length of the header of a frame with a payload of up to 125 bytes (RFC 6455 §5.2).
    private static var shortHeader: Int { 2 }

    /// Appends the header of a frame and the part of its payload that is copied: all or nothing of it.
    mutating func writeFrame(_ kind: WebSocketOutput, payloadLength: Int, _ copied: ByteBuffer) {
        RFC6455Framing.writeHeader(of: kind, payloadLength: payloadLength, into: &self)
        writeImmutableBuffer(copied)
    }

    /// Appends a text frame with the payload that `write` appends.
    ///
    /// The length of the header depends on the length of the payload, which isn't known before. Most payloads are short, so space for a
    /// short header is left in front; for a longer header the payload is moved.
    /// - Returns: false, and nothing is appended, if `write` appends nothing.
    mutating func writeTextFrame(_ write: (inout ByteBuffer) -> Void) -> Bool {
        let start = writerIndex
        reserveCapacity(minimumWritableBytes: Self.shortHeader)
        moveWriterIndex(forwardBy: Self.shortHeader)
        write(&self)
        let length = writerIndex - start - Self.shortHeader
        if length >= 126 { makeRoom(for: length < 65_536 ? 2 : 8, before: length) }
        moveWriterIndex(to: start)
        guard length > 0 else { return false }
        RFC6455Framing.writeHeader(of: .text, payloadLength: length, into: &self)
        moveWriterIndex(forwardBy: length)
        return true
    }

    /// Moves the last `length` bytes towards the end by `extra` bytes.
    private mutating func makeRoom(for extra: Int, before length: Int) {
        writeRepeatingByte(0, count: extra)
        let end = readableBytes
        withUnsafeMutableReadableBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[(end - extra - length)..<(end - extra)])
            UnsafeMutableRawBufferPointer(rebasing: bytes[(end - length)..<end]).copyMemory(from: text)
        }
    }
}
