/// How compressed data is wrapped.
package enum CompressionFormat: Sendable, Hashable {
    /// Bare deflate blocks (RFC 1951) with a window of 2^`windowBits` bytes, 9 to 15; permessage-deflate's format.
    ///
    /// 8 isn't offered: zlib turns it into 9 when it compresses, which the peer's inflator wouldn't expect.
    case raw(windowBits: Int)
    /// Deflate with zlib's header and checksum (RFC 1950); what HTTP calls `deflate`.
    case zlib
    /// Deflate in gzip's wrapping (RFC 1952).
    case gzip

    /// The number zlib's `windowBits` argument takes for this format; nil if the window is out of range.
    var windowBits: Int32? {
        switch self {
        case .raw(let windowBits): (9...15).contains(windowBits) ? -Int32(windowBits) : nil
        case .zlib: 15
        case .gzip: 31
        }
    }
}
