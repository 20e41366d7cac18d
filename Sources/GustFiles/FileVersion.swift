import GustDigest
import NIOCore

/// The version of a file's contents, for URLs that are cached for ever.
enum FileVersion {
    /// The size in bytes of the largest file that has a version; hashing it takes some hundredths of a second of one core.
    static let maximumSize = 64 << 20
    /// The number of digits of a version.
    private static let length = 16
    /// A file is read in blocks of this many bytes.
    private static let blockSize = 1 << 20

    /// The version of contents in memory.
    static func of(_ bytes: ByteBuffer) -> String {
        var digests: [UInt8] = []
        for start in stride(from: 0, to: bytes.readableBytes, by: blockSize) {
            let length = min(blockSize, bytes.readableBytes - start)
            digests += bytes.withUnsafeReadableBytes { digest($0, start..<start + length) }
        }
        return text(digests)
    }

    /// The version of a file; nil if it has become shorter.
    ///
    /// Blocks the thread.
    static func of(_ file: OpenFile) throws -> String? {
        var digests: [UInt8] = []
        let size = file.metadata.size
        for start in stride(from: 0, to: size, by: blockSize) {
            let end = min(size, start + blockSize)
            let block = try file.read(start..<end)
            guard block.readableBytes == end - start else { return nil }
            digests += block.withUnsafeReadableBytes { digest($0, 0..<$0.count) }
        }
        return text(digests)
    }

    /// Whether a query has the form of one with a version.
    static func isQuery(_ query: String) -> Bool {
        query.utf8.count == length + 2 && query.utf8.first == UInt8(ascii: "v")
            && query.utf8[query.utf8.index(after: query.utf8.startIndex)] == UInt8(ascii: "=")
    }

    private static func digest(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
        Digest.sha256(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }

    /// The first 64 bits of the digest of the digests of all blocks: files of one site don't collide by accident.
    private static func text(_ digests: [UInt8]) -> String {
        digests.withUnsafeBytes { Digest.sha256($0) }.prefix(length / 2)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
