import NIOCore

/// Checks for UTF-8.
enum UTF8Text {
    /// Whether all of `buffer` is UTF-8; plain ASCII costs one look at each byte.
    static func isValid(_ buffer: ByteBuffer) -> Bool {
        let isPlain = buffer.withUnsafeReadableBytes { PlainBytes.isASCII($0) }
        return isPlain
            || (try? buffer.getUTF8ValidatedString(at: buffer.readerIndex, length: buffer.readableBytes)) != nil
    }
}
