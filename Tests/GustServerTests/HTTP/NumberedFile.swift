import GustHTTP
import NIOCore
import Testing

@testable import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open file without a name, whose lines have their numbers, so that a byte in the wrong place is seen.
final class NumberedFile: Sendable {
    /// The length of a line, in bytes.
    static let lineLength = 100

    let handle: NIOFileHandle
    let length: Int
    private let closed: AsyncStream<Void>.Continuation
    /// Ends when nobody keeps the file.
    let releases: AsyncStream<Void>

    init(lines: Int) throws {
        var path = Array("/tmp/gust-numbered-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        try #require(descriptor >= 0)
        unlink(path)
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        length = lines * Self.lineLength
        (releases, closed) = AsyncStream.makeStream()
        let bytes = Array(Self.text(lines: 0..<lines).utf8)
        try #require(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
    }

    deinit {
        try? handle.close()
        closed.finish()
    }

    /// The text of some lines.
    static func text(lines: Range<Int>) -> String {
        lines.map { number in
            let digits = String(number)
            return String(repeating: "0", count: lineLength - 1 - digits.utf8.count) + digits + "\n"
        }.joined()
    }

    /// Some lines.
    func region(lines: Range<Int>) -> FileRegion {
        FileRegion(
            fileHandle: handle,
            readerIndex: lines.lowerBound * Self.lineLength,
            endIndex: lines.upperBound * Self.lineLength
        )
    }

    /// The whole file.
    var region: FileRegion { FileRegion(fileHandle: handle, readerIndex: 0, endIndex: length) }

    /// A response with the whole file, which keeps this object.
    var response: Response { Response(prepared: .none, .file(FileContent(region, of: self))) }

    /// Cuts the file to some lines.
    func truncate(lines: Int) throws {
        let result = try handle.withUnsafeFileDescriptor { ftruncate($0, off_t(lines * Self.lineLength)) }
        try #require(result == 0)
    }

    /// The position of the descriptor.
    var position: Int {
        get throws { try handle.withUnsafeFileDescriptor { Int(lseek($0, 0, SEEK_CUR)) } }
    }

    func seek(to position: Int) throws {
        let result = try handle.withUnsafeFileDescriptor { Int(lseek($0, off_t(position), SEEK_SET)) }
        try #require(result == position)
    }
}
