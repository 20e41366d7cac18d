#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The socket on which connections wait while processes of the application follow each other.
struct ListeningSocket {
    let descriptor: CInt
    /// The URL for a browser.
    let url: String

    /// Opens the socket.
    ///
    /// - Parameters:
    ///   - host: An address or a name.
    ///   - port: The port; 0 picks a free one.
    /// - Throws: ``CommandError`` if the address can't be had.
    init(host: String, port: Int) throws {
        guard (0...65_535).contains(port) else {
            throw CommandError("\(port) is no port: ports go from 0 to 65535")
        }
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        #if canImport(Glibc)
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, "\(port)", &hints, &list)
        guard result == 0, let address = list?.pointee else {
            throw CommandError("\(host) is no address: \(String(cString: gai_strerror(result)))")
        }
        defer { freeaddrinfo(list) }
        descriptor = socket(address.ai_family, address.ai_socktype, 0)
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, 4_096) == 0
        else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw CommandError(
                "can't listen on \(host) port \(port): \(reason); choose another port by --port"
            )
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let isLong = host.utf8.contains(UInt8(ascii: ":"))
        url = "http://\(isLong ? "[\(host)]" : host):\(Self.port(of: descriptor) ?? port)/"
    }

    private static func port(of descriptor: CInt) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bytes in
                guard getsockname(descriptor, bytes, &length) == 0 else { return nil }
                // The port is at the same place for IPv4 and IPv6.
                return bytes.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
        }
    }
}
