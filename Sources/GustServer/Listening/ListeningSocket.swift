import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open socket that listens, and the file that belongs to it.
///
/// The server makes its sockets by itself, because SwiftNIO doesn't give away the descriptors of its sockets, which the next process
/// inherits.
struct ListeningSocket: Sendable {
    let descriptor: CInt
    /// The file of a Unix socket that this server has made, or has inherited from its predecessor.
    let file: SocketFile?
    /// Whether the socket is a Unix socket, which has no options of TCP.
    let isUnix: Bool

    /// Opens the socket of a listener.
    ///
    /// - Throws: ``ListenError``, and nothing stays open.
    static func open(_ listener: HTTPListener, backlog: Int) throws(ListenError) -> ListeningSocket {
        do {
            switch listener.place {
            case .host(let host, let port):
                try PortOutOfRange.check(port)
                let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
                return try make(address, listener, backlog: backlog)
            case .unixSocket(let path):
                try SocketFile.removeStale(path)
                return try make(SocketAddress(unixDomainSocketPath: path), listener, backlog: backlog)
            case .descriptor(let descriptor, let path):
                return try adopt(descriptor, socketFile: path)
            }
        } catch {
            throw ListenError(address: listener.text(), underlyingError: error)
        }
    }

    /// Closes the socket before a server uses it, and removes its file.
    func discard() {
        SocketDescriptor.close(descriptor)
        file?.remove()
    }

    private static func make(
        _ address: SocketAddress,
        _ listener: HTTPListener,
        backlog: Int
    ) throws -> ListeningSocket {
        let family: CInt =
            switch address {
            case .v4: AF_INET
            case .v6: AF_INET6
            case .unixDomainSocket: AF_UNIX
            }
        #if canImport(Glibc)
        let descriptor = try check(socket(family, CInt(SOCK_STREAM.rawValue), 0))
        #else
        let descriptor = try check(socket(family, SOCK_STREAM, 0))
        #endif
        var socket = ListeningSocket(descriptor: descriptor, file: nil, isUnix: family == AF_UNIX)
        do {
            try check(fcntl(descriptor, F_SETFD, FD_CLOEXEC))
            try check(fcntl(descriptor, F_SETFL, O_NONBLOCK))
            if family != AF_UNIX { try set(SOL_SOCKET, SO_REUSEADDR, 1, descriptor) }
            if listener.reusesPort { try set(SOL_SOCKET, SO_REUSEPORT, 1, descriptor) }
            if family == AF_INET6 {
                try set(CInt(IPPROTO_IPV6.integer), IPV6_V6ONLY, listener.isIPv6Only ? 1 : 0, descriptor)
            }
            try check(address.withSockAddr { bind(descriptor, $0, socklen_t($1)) })
            if case .unixSocket(let path) = listener.place {
                socket = ListeningSocket(descriptor: descriptor, file: SocketFile(path), isUnix: true)
                // Nobody can connect before `listen`.
                if let mode = listener.mode { try check(chmod(path, mode_t(mode))) }
            }
            try check(listen(descriptor, CInt(clamping: backlog)))
        } catch {
            socket.discard()
            throw error
        }
        return socket
    }

    private static func adopt(_ descriptor: CInt, socketFile: String?) throws -> ListeningSocket {
        var type: CInt = 0
        var listens: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 else { throw SocketFailure.notASocket }
        length = socklen_t(MemoryLayout<CInt>.size)
        #if canImport(Glibc)
        let stream = CInt(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        guard type == stream, getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0, listens != 0
        else { throw SocketFailure.notListening }
        try check(fcntl(descriptor, F_SETFD, FD_CLOEXEC))
        var address = sockaddr_storage()
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        try check(
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
        )
        let isUnix = CInt(address.ss_family) == AF_UNIX
        return ListeningSocket(descriptor: descriptor, file: socketFile.map(SocketFile.init), isUnix: isUnix)
    }

    private static func set(_ level: CInt, _ name: CInt, _ value: CInt, _ descriptor: CInt) throws {
        var value = value
        try check(setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size)))
    }

    @discardableResult
    private static func check(_ result: CInt) throws(SocketFailure) -> CInt {
        guard result >= 0 else { throw .system(errno) }
        return result
    }
}

extension BinaryInteger {
    /// The number itself: `IPPROTO_IPV6` is an `Int` on Linux and a `CInt` on the systems of Apple.
    fileprivate var integer: Int { Int(self) }
}
