public import GustHTTP
import HTTPTypes
import NIOCore

/// Believes the proxies of a list when they say for whom they ask: who the peer is, whether it came over TLS, and for which
/// host.
///
/// ```swift
/// app.use(try TrustedProxies(["127.0.0.1", "::1", "10.0.0.0/8"]))
/// ```
///
/// Sets `request.peer`, from which `Secure` of cookies and the URL that WebSockets of 2010 are told follow, and the field
/// `Host`. Use it first, so that what is behind it (access log, sessions, CSRF) sees the visitor.
///
/// The list of addresses is read from its end, as long as each is that of a proxy of the list: the first other one is the
/// visitor's, and what stands before it anybody can have written. Who isn't on the list is never believed. Only one family
/// of fields is read, because a proxy that sets one leaves in the other what a visitor wrote.
public struct TrustedProxies: Middleware {
    /// The fields that the proxies set.
    public enum Fields: Sendable, Hashable {
        /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`.
        case xForwarded
        /// `Forwarded` (RFC 7239).
        case forwarded
    }

    private let ranges: [AddressRange]
    private let trustsUnixSockets: Bool
    private let fields: Fields

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - proxies: addresses and ranges of the proxies; `unix` for what comes through a Unix socket.
    ///   - fields: what they set.
    /// - Throws: ``AddressRangeError`` if one isn't an address or range.
    public init(_ proxies: [String], reading fields: Fields = .xForwarded) throws(AddressRangeError) {
        var ranges: [AddressRange] = []
        for proxy in proxies where proxy != "unix" { ranges.append(try AddressRange(proxy)) }
        self.ranges = ranges
        trustsUnixSockets = proxies.contains("unix")
        self.fields = fields
    }

    /// Answers with what is behind it, for the visitor.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let visited = self.visited(request) else { return next.answer(request) }
        return next.answer(visited).edited(with: visited) { response, visited in Self.locate(&response, visited) }
    }

    private func isTrusted(_ address: SocketAddress?) -> Bool {
        guard let address else { return trustsUnixSockets }
        if case .unixDomainSocket = address { return trustsUnixSockets }
        return ranges.contains { $0.contains(address) }
    }

    /// The request as the outermost trusted proxy got it; nil if none says anything.
    private func visited(_ request: Request) -> Request? {
        guard isTrusted(request.peer.address) else { return nil }
        let elements =
            switch fields {
            case .xForwarded: ForwardedElement.xForwarded(request.headers)
            case .forwarded: ForwardedElement.forwarded(request.headers)
            }
        guard !elements.isEmpty else { return nil }
        var request = request
        for element in elements.reversed() {
            if let isSecure = element.isSecure { request.peer.isSecure = isSecure }
            if let host = element.host { request.headers.setHost(host) }
            // Hidden, or no address: whoever it is isn't the proxy, and isn't known.
            guard let address = element.address else { break }
            request.peer.address = address
            guard isTrusted(address) else { break }
        }
        return request
    }

    /// Tells a WebSocket the URL that its client used.
    private static func locate(_ response: inout Response, _ request: Request) {
        guard case .upgrade(var upgrade) = response.body, let host = request.headers.value("host") else { return }
        upgrade.location = "\(request.peer.isSecure ? "wss" : "ws")://\(host)\(request.target.text)"
        response.body = .upgrade(upgrade)
    }
}

extension HTTPFields {
    /// Sets the field `Host`, which HTTPTypes keeps elsewhere.
    fileprivate mutating func setHost(_ host: String) {
        guard let name = HTTPField.Name("Host") else { return }
        self[name] = host
    }
}
