import GustJSON
package import NIOCore

/// Checks for UTF-8.
package enum UTF8Text {
    /// Whether all of `buffer` is UTF-8; plain ASCII costs one look at each byte.
    package static func isValid(_ buffer: ByteBuffer) -> Bool {
        buffer.withUnsafeReadableBytes { UTF8Check.firstInvalid(in: $0) == nil }
    }
}
