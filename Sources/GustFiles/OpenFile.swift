import GustHTTP
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that is open for reading, and is closed when the last reference is released.
///
/// Several threads may use it at once, because it is read at places that the reader names.
final class OpenFile: Sendable {
    /// The metadata that identify one state of a file.
    struct Metadata: Sendable, Hashable {
        var size: Int
        var seconds: Int
        var nanoseconds: Int
        var inode: UInt64

        init(size: Int, seconds: Int, nanoseconds: Int, inode: UInt64) {
            self.size = size
            self.seconds = seconds
            self.nanoseconds = nanoseconds
            self.inode = inode
        }

        fileprivate init(_ status: stat) {
            #if canImport(Darwin)
            let time = status.st_mtimespec
            #else
            let time = status.st_mtim
            #endif
            self.init(
                size: Int(status.st_size),
                seconds: time.tv_sec,
                nanoseconds: time.tv_nsec,
                inode: UInt64(status.st_ino)
            )
        }

        /// A strong entity tag, with `suffix` to distinguish another encoding of the same file.
        ///
        /// It is made from the size and the time of modification, not from the inode, so servers with copies of a file
        /// agree on it.
        func entityTag(_ suffix: String = "") -> String {
            let time = String(seconds &* 1_000_000_000 &+ nanoseconds, radix: 36)
            return "\"\(String(size, radix: 36))-\(time)\(suffix)\""
        }

        /// The time of the last modification.
        var modified: HTTPDate { HTTPDate(seconds: seconds) }
    }

    /// The kinds of file that are distinguished.
    enum Kind { case regular, directory, other }

    let kind: Kind
    let metadata: Metadata
    let descriptor: CInt

    /// Takes ownership of the descriptor, also if this initialiser throws.
    init(descriptor: CInt) throws(IOError) {
        self.descriptor = descriptor
        guard let status = Self.status(of: descriptor) else {
            let code = errno
            // `deinit` doesn't run if this initialiser throws.
            close(descriptor)
            throw IOError(errnoCode: code, reason: "fstat")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .directory
        default: kind = .other
        }
        metadata = Metadata(status)
    }

    /// Whether the file still has a name and ``metadata``: since it was opened, nobody has written to it, deleted it, or put another file in
    /// its place.
    var isUnchanged: Bool {
        guard let status = Self.status(of: descriptor), status.st_nlink > 0 else { return false }
        return Metadata(status) == metadata
    }

    private static func status(of descriptor: CInt) -> stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }

    deinit {
        // The descriptor is closed even if `close` reports an error, so the error is ignored.
        close(descriptor)
    }

    /// Reads a range of the file; returns fewer bytes if the file has become shorter.
    ///
    /// Blocks the thread until the file system responds.
    func read(_ range: Range<Int>) throws(IOError) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(range.count)
        var failure: CInt = 0
        while bytes.readableBytes < range.count {
            let offset = range.lowerBound + bytes.readableBytes
            let wanted = range.upperBound - offset
            let count = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                let count = pread(descriptor, space.baseAddress, wanted, off_t(offset))
                if count < 0 { failure = errno }
                return max(0, count)
            }
            if count == 0 {
                if failure == EINTR {
                    failure = 0
                    continue
                }
                if failure != 0 { throw IOError(errnoCode: failure, reason: "pread") }
                break
            }
        }
        return bytes
    }
}
