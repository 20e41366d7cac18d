import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file of a Unix socket, which is removed only while it is the file that this value was made for.
struct SocketFile: Sendable {
    let path: String
    private let identity: Identity?

    /// The device and the number of a file.
    private struct Identity: Equatable {
        let device: UInt64
        let number: UInt64
    }

    init(_ path: String) {
        self.path = path
        identity = Self.status(path).map(Self.identity)
    }

    /// Removes the file, unless another server has put a file of its own in its place.
    func remove() {
        guard let identity, Self.status(path).map(Self.identity) == identity else { return }
        unlink(path)
    }

    /// Removes the file of a socket on which nobody listens any more.
    ///
    /// - Throws: ``SocketFailure`` if somebody listens, or if the file isn't a socket.
    static func removeStale(_ path: String) throws {
        guard let status = status(path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SocketFailure.notASocketFile }
        guard try !isInUse(path) else { throw SocketFailure.inUse }
        guard unlink(path) == 0 || errno == ENOENT else { throw SocketFailure.system(errno) }
    }

    /// Whether a connection to the socket isn't refused.
    private static func isInUse(_ path: String) throws -> Bool {
        let address = try SocketAddress(unixDomainSocketPath: path)
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw SocketFailure.system(errno) }
        defer { close(descriptor) }
        // If the queue of the other process is full, a call that waits would wait for that process.
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw SocketFailure.system(errno) }
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        return result == 0 || errno != ECONNREFUSED && errno != ENOENT
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    private static func identity(_ status: stat) -> Identity {
        Identity(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
    }
}
