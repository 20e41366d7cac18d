public import GustHTTP
import HTTPTypes
import NIOCore

/// Believes the proxies of a list when they say for whom they ask: who the peer is, whether it came over TLS, and for which
/// host.
///
/// ```swift
/// app.use(try TrustedProxies(["127.0.0.1", "::1", "10.0.0.0/8"], reading: .xForwarded(.for, .proto)))
/// ```
///
/// Name the fields that your proxy sets, and no other: a field that the proxy doesn't set comes from the visitor as it is.
/// Of the two families one is read.
///
/// Sets `request.peer`, from which `Secure` of cookies and the URL that WebSockets of 2010 are told follow, and the field
/// `Host`. Use it first, so that what is behind it (access log, sessions, CSRF) sees the visitor.
///
/// The list of addresses is read from its end, as long as each is that of a proxy of the list: the first other one is the
/// visitor's, and what stands before it anybody can have written. An element that can't be read (`unknown`, `_hidden`, or no
/// address at all) leaves an unknown address, `request.peer.address` is nil then. Who isn't on the list is never believed.
public struct TrustedProxies: Middleware {
    /// A part of what a proxy says.
    public enum Part: Sendable, Hashable {
        /// The address that the request came from: `X-Forwarded-For`, or `for=`.
        case `for`
        /// Whether it came over TLS: `X-Forwarded-Proto`, or `proto=`.
        case proto
        /// The host that was asked for: `X-Forwarded-Host`, or `host=`.
        case host
    }

    /// The fields that the proxies set.
    public struct Fields: Sendable, Hashable {
        fileprivate let isStandard: Bool
        fileprivate let parts: Set<Part>

        /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`, those among them that are named.
        public static func xForwarded(_ parts: Part...) -> Fields {
            Fields(isStandard: false, parts: Set(parts))
        }

        /// `Forwarded` (RFC 7239), of it the parts that are named.
        public static func forwarded(_ parts: Part...) -> Fields {
            Fields(isStandard: true, parts: Set(parts))
        }
    }

    /// Marks a request whose visitor was looked for already and stays unknown: nobody may take it for a proxy's.
    private enum UnknownVisitor: RequestStorageKey { typealias Value = Bool }

    private let ranges: [AddressRange]
    private let trustsUnixSockets: Bool
    private let fields: Fields

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - proxies: addresses and ranges of the proxies; `unix` for what comes through a Unix socket.
    ///   - fields: what they set.
    /// - Throws: ``AddressRangeError`` if one isn't an address or range.
    public init(_ proxies: [String], reading fields: Fields) throws(AddressRangeError) {
        var ranges: [AddressRange] = []
        var trustsUnixSockets = false
        for proxy in proxies {
            if proxy.hasSameBytes(as: "unix") {
                trustsUnixSockets = true
            } else {
                ranges.append(try AddressRange(proxy))
            }
        }
        self.ranges = ranges
        self.trustsUnixSockets = trustsUnixSockets
        self.fields = fields
    }

    /// Answers with what is behind it, for the visitor.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let visited = self.visited(request) else { return next.answer(request) }
        return next.answer(visited).edited(with: visited) { response, visited in
            Self.locate(&response, visited)
        }
    }

    private func isTrusted(_ address: SocketAddress?) -> Bool {
        guard let address else { return trustsUnixSockets }
        if case .unixDomainSocket = address { return trustsUnixSockets }
        return ranges.contains { $0.contains(address) }
    }

    /// The request as the outermost trusted proxy got it; nil if none says anything.
    private func visited(_ request: Request) -> Request? {
        guard isTrusted(request.peer.address), request.storage[UnknownVisitor.self] != true else {
            return nil
        }
        let elements =
            fields.isStandard
            ? ForwardedElement.forwarded(request.headers, fields.parts)
            : ForwardedElement.xForwarded(request.headers, fields.parts)
        guard let elements else { return nil }
        var request = request
        for element in elements {
            if let isSecure = element.isSecure { request.peer.isSecure = isSecure }
            if let host = element.host { request.headers.setHost(host) }
            guard readsAddresses(request) else { break }
            request.peer.address = element.address
            guard let address = element.address else {
                request.storage[UnknownVisitor.self] = true
                break
            }
            guard isTrusted(address) else { break }
        }
        return request
    }

    /// Whether the visitor's address is asked for and said.
    private func readsAddresses(_ request: Request) -> Bool {
        fields.parts.contains(.for)
            && (fields.isStandard || request.headers.value("x-forwarded-for") != nil)
    }

    /// Tells a WebSocket the URL that its client used.
    private static func locate(_ response: inout Response, _ request: Request) {
        guard case .upgrade(var upgrade) = response.body, let host = request.headers.value("host")
        else { return }
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
