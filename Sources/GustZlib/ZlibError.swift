/// The reason why data could not be compressed or decompressed.
package enum ZlibError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The window size, level or memory level is out of range.
    case unsupportedSettings
    /// zlib could not allocate memory: up to 256 KiB for a deflator, 48 KiB for an inflator.
    case outOfMemory
    /// The compressed data is invalid, or, when compressing, zlib reported an error.
    case corrupt
    /// The decompressed data would be longer than the limit, in bytes (a decompression bomb).
    case tooLong(limit: Int)
    /// The stream was used after its end, or after an error, without a reset.
    case ended

    /// The error in words.
    package var description: String {
        switch self {
        case .unsupportedSettings: "zlib doesn't support this window size or level"
        case .outOfMemory: "zlib could not allocate memory"
        case .corrupt: "the compressed data is corrupt"
        case .tooLong(let limit): "the decompressed data is longer than \(limit) bytes"
        case .ended: "the compressed stream has already ended"
        }
    }
}
