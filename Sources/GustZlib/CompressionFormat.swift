/// How compressed data is wrapped.
package enum CompressionFormat: Sendable, Hashable {
    /// Deflate without a header or checksum (RFC 1951), as permessage-deflate has it; `windowBits` is 9 to 15.
    ///
    /// The window has 2^`windowBits` bytes. `windowBits` can't be 8, because zlib compresses with 9 then, and the peer's
    /// inflator might have a smaller window.
    case raw(windowBits: Int)
    /// Deflate with zlib's header and checksum (RFC 1950); HTTP's content coding `deflate`.
    case zlib
    /// Deflate with gzip's header and checksum (RFC 1952).
    case gzip

    /// The `windowBits` argument of zlib's functions for this format; nil if the window is out of range.
    var windowBits: Int32? {
        switch self {
        case .raw(let windowBits): (9...15).contains(windowBits) ? -Int32(windowBits) : nil
        case .zlib: 15
        case .gzip: 31
        }
    }
}
