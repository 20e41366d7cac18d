public import GustHTTP
import HTTPTypes
import NIOCore

/// The addresses of client and server, as the middleware ``TrustedProxies`` has corrected them.
extension Request {
    /// The IP address of the client, as text without a port; nil for a Unix socket and in memory.
    public var clientAddress: String? { peer.address?.ipAddress }

    /// The host and port that the client has named in `Host`; nil without such a field, or if it isn't a host.
    ///
    /// The client chooses it: put ``TrustedHosts`` in front before you make links of it.
    public var host: String? {
        guard let host = headers.value(of: "host"), !host.isEmpty,
            host.utf8.allSatisfy({ $0.isTokenCharacter && $0 != UInt8(ascii: "%") || ":[]".utf8.contains($0) })
        else { return nil }
        return host
    }

    /// The absolute URL of a path of this site, such as `https://example.com/reset?key=1`, for mails and feeds; nil without a ``host``.
    ///
    /// It begins with the text of ``BaseURL``, if that middleware is in front. Otherwise scheme and host are those of the request, as
    /// ``TrustedProxies`` has corrected them.
    /// - Parameter target: The path, which begins with a slash, with its query; percent-encoded, as `Router.url(for:_:)` makes it.
    /// - Returns: The URL.
    public func absoluteURL(_ target: String) -> String? {
        let site = storage[BaseURL.Key.self] ?? host.map { "\(scheme)://\($0)" }
        return site.map { "\($0)\(target.utf8.first == UInt8(ascii: "/") ? "" : "/")\(target)" }
    }
}
