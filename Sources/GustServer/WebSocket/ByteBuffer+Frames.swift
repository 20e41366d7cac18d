import GustFraming
import GustHTTP
import NIOCore

/// Frames of RFC 6455 that are written in place, each in one access to the buffer: several cost more than the bytes.
extension ByteBuffer {
    /// Appends a frame with a copy of the payload.
    mutating func writeFrame(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        let length = payload.readableBytes
        writeWithUnsafeMutableBytes(minimumWritableBytes: PreparedMessage.longestHeader + length) { output in
            let start = RFC6455Framing.writeHeader(of: kind, payloadLength: length, to: output)
            let target = UnsafeMutableRawBufferPointer(rebasing: output[start..<(start + length)])
            payload.withUnsafeReadableBytes { target.copyMemory(from: $0) }
            return start + length
        }
    }

    /// Appends the header of a frame, whose payload is written separately.
    mutating func writeHeader(of kind: WebSocketOutput, payloadLength: Int) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: PreparedMessage.longestHeader) { output in
            RFC6455Framing.writeHeader(of: kind, payloadLength: payloadLength, to: output)
        }
    }

    /// Appends a text frame whose payload `write` stores in the given bytes, all of them.
    mutating func writeTextFrame(length: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: PreparedMessage.longestHeader + length) { output in
            let start = RFC6455Framing.writeHeader(of: .text, payloadLength: length, to: output)
            write(UnsafeMutableRawBufferPointer(rebasing: output[start..<(start + length)]))
            return start + length
        }
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
        writeWithUnsafeMutableBytes(minimumWritableBytes: PreparedMessage.longestHeader) { output in
            RFC6455Framing.writeHeader(of: .text, payloadLength: length, to: output) + length
        }
        return true
    }

    /// The length of the header of a frame with a payload of up to 125 bytes (RFC 6455 §5.2).
    private static var shortHeader: Int { 2 }

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
