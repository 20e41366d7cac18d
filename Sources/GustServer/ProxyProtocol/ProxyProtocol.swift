package import GustHTTP
package import NIOCore

/// Which peers of a listener begin with a header of the PROXY protocol.
package struct ProxyProtocol: Sendable {
    /// The addresses of the proxies.
    ///
    /// Connections from other addresses are connections of clients: their bytes aren't read as a header.
    package var proxies: [AddressRange]
    /// How long the header may take, from the accepted connection on.
    package var timeout: Duration

    package init(_ proxies: [AddressRange], timeout: Duration = .seconds(5)) {
        self.proxies = proxies
        self.timeout = timeout
    }

    /// Whether a connection from `address` begins with a header.
    ///
    /// A Unix socket has no addresses: whoever may open its file is a proxy.
    package func expectsHeader(from address: SocketAddress?) -> Bool {
        switch address {
        case nil, .unixDomainSocket: true
        case .v4(_)?, .v6(_)?: address.map { address in proxies.contains { $0.contains(address) } } ?? false
        }
    }
}
