import NIOCore

/// A socket on which a server accepts connections, before it is opened.
package struct HTTPListener: Sendable {
    /// Where the socket comes from.
    package enum Place: Sendable {
        /// The server makes a TCP socket; port 0 picks a free port.
        case host(String, port: Int)
        /// The server makes a Unix socket, whose file it removes at its end.
        case unixSocket(path: String)
        /// The socket exists and listens; the server owns the descriptor. `socketFile` is removed at the end of the server.
        case descriptor(CInt, socketFile: String?)
    }

    package var place: Place
    /// Whether other processes can listen on the same port, each with a queue of its own (`SO_REUSEPORT`).
    package var reusesPort = false
    /// Whether an IPv6 socket refuses clients of IPv4; the address `::` accepts both otherwise.
    package var isIPv6Only = false
    /// The permissions of the file of a Unix socket, such as 0o660; nil leaves them to the umask of the process.
    package var mode: UInt16?
    /// The name under which the socket is handed to another process.
    package var name: String
    /// Sets up the connections of this listener before HTTP; if nil, they aren't encrypted.
    package var connectionSetup: (any ConnectionSetup)?
    /// Which peers begin with a header of the PROXY protocol; nil means none.
    package var proxyProtocol: ProxyProtocol?

    package init(_ place: Place, name: String = "") {
        self.place = place
        self.name = name
    }

    /// A listener on a Unix socket whose file has the permissions `mode`.
    package init(unixSocket path: String, mode: UInt16) {
        self.init(.unixSocket(path: path))
        self.mode = mode
    }

    init(_ address: HTTPServer.Configuration.Address, _ connectionSetup: (any ConnectionSetup)?) {
        switch address {
        case .host(let host, let port): self.init(.host(host, port: port))
        case .unixSocket(let path): self.init(.unixSocket(path: path))
        }
        self.connectionSetup = connectionSetup
    }

    /// The listener as text for logs and errors: a URL that a browser can open, or the path of a Unix socket.
    ///
    /// - Parameter bound: The address that the server listens on; nil before it listens.
    /// - Returns: The text.
    func text(_ bound: SocketAddress? = nil) -> String {
        let isSecure = connectionSetup != nil
        switch place {
        case .host(let host, let port):
            return HTTPServer.Configuration.Address.host(host, port: port).text(port: bound?.port, isSecure: isSecure)
        case .unixSocket(let path), .descriptor(_, .some(let path)): return path
        case .descriptor(let descriptor, nil):
            guard let host = bound?.ipAddress, let port = bound?.port else {
                return bound?.pathname ?? "descriptor \(descriptor) (\(name))"
            }
            return HTTPServer.Configuration.Address.host(host, port: port).text(isSecure: isSecure)
        }
    }
}
