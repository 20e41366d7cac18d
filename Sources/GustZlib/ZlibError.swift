/// Why data could not be compressed or decompressed.
package enum ZlibError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A window or level that zlib doesn't have was asked for.
    case unsupportedSettings
    /// zlib could not get its memory: up to 256 KiB for a deflator, 48 KiB for an inflator.
    case outOfMemory
    /// The input isn't what the format allows; for an inflator the peer's mistake.
    case corrupt
    /// The output would be longer than the limit, in bytes (a decompression bomb).
    case tooLong(limit: Int)
    /// The stream was used after its end, or after an error.
    case ended

    /// The error in words.
    package var description: String {
        switch self {
        case .unsupportedSettings: "zlib has no such window size or level"
        case .outOfMemory: "zlib found no memory"
        case .corrupt: "the compressed data is damaged"
        case .tooLong(let limit): "the data is longer than \(limit) bytes when decompressed"
        case .ended: "the compressed stream has ended already"
        }
    }
}
