public import GustHTTP
import HTTPTypes
import NIOCore

/// Takes the visitor's address, the use of TLS and the host from the forwarding fields of trusted proxies.
///
/// ```swift
/// app.use(try TrustedProxies(["127.0.0.1", "::1", "10.0.0.0/8"], reading: .xForwarded(.for, .proto)))
/// ```
///
/// Name exactly the fields that your proxy sets: a field that the proxy doesn't set is passed on as the visitor sent
/// it. Only one of the two families of fields is read.
///
/// The middleware sets the field `Host` and `request.peer`, which determines the attribute `Secure` of cookies and the
/// URL in handshakes of early WebSocket drafts. Add it first, so that other middleware (access log, sessions, CSRF)
/// gets the visitor's data.
///
/// The list of addresses is read from its end while the addresses are those of trusted proxies. The first other address
/// is the visitor's; anyone may have written the text before it. If an element has no valid address (`unknown`,
/// `_hidden`), `request.peer.address` becomes nil. Fields from peers that aren't in the list are ignored.
public struct TrustedProxies: Middleware {
    /// A part of the information that a proxy sends.
    public enum Part: Sendable, Hashable {
        /// The address of the proxy's peer: `X-Forwarded-For`, or `for=`.
        case `for`
        /// Whether the request came over TLS: `X-Forwarded-Proto`, or `proto=`.
        case proto
        /// The requested host: `X-Forwarded-Host`, or `host=`.
        case host
    }

    /// The fields that the proxies set.
    public struct Fields: Sendable, Hashable {
        fileprivate let isStandard: Bool
        fileprivate let parts: Set<Part>

        /// Those of the fields `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` that `parts` names.
        public static func xForwarded(_ parts: Part...) -> Fields {
            Fields(isStandard: false, parts: Set(parts))
        }

        /// Those parameters of the field `Forwarded` (RFC 7239) that `parts` names.
        public static func forwarded(_ parts: Part...) -> Fields {
            Fields(isStandard: true, parts: Set(parts))
        }
    }

    /// Marks a request whose visitor's address is unknown, so that a second ``TrustedProxies`` doesn't take nil for a
    /// Unix socket.
    enum UnknownVisitor: RequestStorageKey { typealias Value = Bool }

    private let ranges: [AddressRange]
    private let trustsUnixSockets: Bool
    private let fields: Fields

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - proxies: the addresses and address ranges of the proxies; `unix` for connections through a Unix socket.
    ///   - fields: the fields that the proxies set.
    /// - Throws: An error if an element of `proxies` isn't an address, a range or `unix`.
    public init(_ proxies: [String], reading fields: Fields) throws {
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

    /// Answers with the answer of `next` to the request with the visitor's data.
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

    /// The request as the outermost trusted proxy received it; nil if no trusted proxy sent information.
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

    /// Whether the visitor's address is to be read and the field for it is present.
    private func readsAddresses(_ request: Request) -> Bool {
        fields.parts.contains(.for)
            && (fields.isStandard || request.headers.joinedValues(of: "x-forwarded-for") != nil)
    }

    /// Sets the URL of a WebSocket handshake to the URL that the client used.
    private static func locate(_ response: inout Response, _ request: Request) {
        guard case .upgrade(var upgrade) = response.body, let host = request.headers.joinedValues(of: "host")
        else { return }
        upgrade.location = "\(request.peer.isSecure ? "wss" : "ws")://\(host)\(request.target.text)"
        response.body = .upgrade(upgrade)
    }
}

extension HTTPFields {
    /// Sets the field `Host`, for which HTTPTypes has no constant.
    fileprivate mutating func setHost(_ host: String) {
        guard let name = HTTPField.Name("Host") else { return }
        self[name] = host
    }
}
