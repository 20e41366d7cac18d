package import GustHTTP
package import GustServer

/// A socket on which an application is served: a TCP port, a Unix socket, or a socket that systemd has opened.
///
/// ```swift
/// try await app.run(on: [.tcp("::", 8080), .unix("/run/gust.sock", mode: 0o660), .inherited])
/// ```
///
/// With the trait TLS, `GustTLS` adds `tls(_:)`, for https on a listener.
public struct Listener: Sendable {
    /// Where the socket comes from.
    enum Place: Sendable {
        case tcp(String, port: Int)
        case unix(path: String)
        /// All inherited sockets with this name; nil means those that no other listener has.
        case inherited(name: String?)
    }

    let place: Place
    /// Whether the socket must be inherited.
    var isInherited: Bool { if case .inherited = place { true } else { false } }
    var reusesPort = false
    var isIPv6Only = false
    var mode: UInt16?
    var proxyProtocol: ProxyProtocol?
    /// Sets up the connections before HTTP: TLS, for example.
    package var connectionSetup: (any ConnectionSetup)?
    /// A middleware that the setup needs around the application.
    package var middleware: (any Middleware)?

    /// A TCP port.
    ///
    /// - Parameters:
    ///   - host: The address, or a name; `0.0.0.0` stands for all addresses of IPv4, `::` for all addresses.
    ///   - port: The port; 0 picks a free port.
    ///   - reusesPort: Whether other processes that also set it can listen on the same port (`SO_REUSEPORT`). The operating system then
    ///     distributes connections; those that a process hasn't accepted when it ends are lost, other than with a restart by ``Restart``.
    ///   - isIPv6Only: Whether a listener on an IPv6 address such as `::` refuses clients of IPv4.
    /// - Returns: The listener.
    public static func tcp(
        _ host: String,
        _ port: Int,
        reusesPort: Bool = false,
        isIPv6Only: Bool = false
    ) -> Listener {
        var listener = Listener(place: .tcp(host, port: port))
        listener.reusesPort = reusesPort
        listener.isIPv6Only = isIPv6Only
        return listener
    }

    /// A Unix socket.
    ///
    /// If a socket file is in its place, it is removed, unless a process listens on it: then `run` throws. The file is removed when
    /// the server stops.
    /// - Parameters:
    ///   - path: The path of the file, at most 107 bytes on Linux.
    ///   - mode: The permissions of the file, such as 0o660; nil leaves them to the umask of the process.
    /// - Returns: The listener.
    public static func unix(_ path: String, mode: UInt16? = nil) -> Listener {
        var listener = Listener(place: .unix(path: path))
        listener.mode = mode
        return listener
    }

    /// The sockets that the process has inherited, other than those of further listeners (`LISTEN_FDS`, `sd_listen_fds(3)`); none if
    /// it has inherited none.
    public static var inherited: Listener { Listener(place: .inherited(name: nil)) }

    /// The sockets that the process has inherited under `name`, which is `FileDescriptorName=` in a systemd unit.
    ///
    /// If the process has inherited sockets, but none of this name, `run` throws.
    public static func inherited(_ name: String) -> Listener { Listener(place: .inherited(name: name)) }

    /// This listener, with a header of the PROXY protocol (version 1 or 2) at the beginning of each connection of a proxy.
    ///
    /// The address of the client in the header becomes the address of `Request.peer`, before TLS as well. A connection of a
    /// proxy without a valid header is closed. Connections from other addresses are connections of clients without a header. On a Unix socket
    /// every peer is a proxy.
    /// - Parameters:
    ///   - proxies: The addresses of the proxies, such as `127.0.0.1` or `10.0.0.0/8`.
    ///   - timeout: The time in which the header must arrive.
    /// - Returns: The listener.
    /// - Throws: ``ServingError`` if an address is malformed.
    public func behindProxies(_ proxies: [String], timeout: Duration = .seconds(5)) throws(ServingError) -> Listener {
        var listener = self
        do throws(AddressRangeError) {
            var ranges: [AddressRange] = []
            for proxy in proxies { ranges.append(try AddressRange(proxy)) }
            listener.proxyProtocol = ProxyProtocol(ranges, timeout: timeout)
        } catch {
            throw ServingError(.proxy(error.description))
        }
        return listener
    }
}
