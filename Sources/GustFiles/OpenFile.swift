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
final class OpenFile: Sendable {
    /// The metadata that identify one state of a file.
    struct Metadata: Sendable, Hashable {
        var size: Int
        var seconds: Int
        var nanoseconds: Int
        var inode: UInt64

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
    /// The open file in the form that SwiftNIO's `FileRegion` needs.
    ///
    /// Keep this object until all parts of the file have been sent, because `deinit` closes the descriptor.
    let handle: NIOFileHandle
    private let descriptor: CInt

    /// Takes ownership of the descriptor, also if this initialiser throws.
    init(descriptor: CInt) throws(IOError) {
        self.descriptor = descriptor
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            try? handle.close()
            throw IOError(errnoCode: code, reason: "fstat")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .directory
        default: kind = .other
        }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        metadata = Metadata(
            size: Int(status.st_size),
            seconds: time.tv_sec,
            nanoseconds: time.tv_nsec,
            inode: UInt64(status.st_ino)
        )
    }

    deinit {
        // The descriptor is closed even if `close` reports an error, so the error is ignored.
        try? handle.close()
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
