package import NIOCore

/// Checks for UTF-8.
package enum UTF8Text {
    /// Whether all of `buffer` is UTF-8; plain ASCII costs one look at each byte.
    package static func isValid(_ buffer: ByteBuffer) -> Bool {
        let isPlain = buffer.withUnsafeReadableBytes { PlainBytes.isASCII($0) }
        return isPlain
            || (try? buffer.getUTF8ValidatedString(at: buffer.readerIndex, length: buffer.readableBytes)) != nil
    }
}
