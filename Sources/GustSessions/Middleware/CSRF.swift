public import GustHTTP
import HTTPTypes

/// Refuses requests that another site made a visitor's browser send, with 403 (cross-site request forgery).
///
/// ```swift
/// app.use(CSRF())
/// ```
///
/// ``Sessions`` and ``CookieSessions`` contain this middleware. Browsers send the origin of a request in `Sec-Fetch-Site` (all
/// browsers since 2023) or `Origin`, and pages can't change either field. These cross-site requests are refused:
///
/// - requests with methods other than `GET`, `HEAD` and `OPTIONS`, because they may change something;
/// - handshakes of WebSockets, because CORS doesn't apply to them;
/// - requests to a Socket.IO endpoint, except for the client's files, because a poll consumes the visitor's packets.
///
/// A request with neither field doesn't come from a current browser. It is accepted, except for a session whose pages contain a
/// token (``Session/csrfToken()``): then a request with a method other than `GET`, `HEAD` and `OPTIONS` needs the token in the
/// field `X-CSRF-Token`, or in the field `_csrf` of an `application/x-www-form-urlencoded` body.
///
/// Without `Sec-Fetch-Site`, the host of `Origin` is compared with `Host` byte by byte, ignoring ASCII case. So behind
/// a proxy that changes `Host`, put `TrustedProxies` in front. If the request came over TLS, a page of the same host
/// without TLS counts as another site. Source: Fetch Metadata (W3C), and Go's `http.CrossOriginProtection`.
public struct CSRF: Middleware {
    private let origins: Set<ByteText>

    /// Makes the middleware.
    ///
    /// - Parameter origins: other sites whose requests are accepted, in the form that browsers send:
    ///   `https://example.com`, with a port if it isn't the scheme's default. Other subdomains are other sites too.
    public init(allowing origins: Set<String> = []) {
        self.origins = Set(origins.map { ByteText($0.lowercasedASCII()) })
    }

    /// Answers with the answer of `next`, or with 403 if the request comes from another site.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        switch source(of: request) {
        case .same: return next.answer(request)
        case .unknown: return SessionToken.answer(request, next: next)
        case .other: return answerToAnotherSite(request, next: next)
        }
    }

    private func answerToAnotherSite(_ request: Request, next: any Handler) -> Answer {
        switch request.method {
        case .options where !request.isUpgrade(to: "websocket"):
            return next.answer(request)
        case .get where !request.isUpgrade(to: "websocket"), .head where !request.isUpgrade(to: "websocket"):
            var request = request
            request.crossSiteRefusal = Self.refusal
            return next.answer(request)
        default:
            return .failed(Self.refusal)
        }
    }

    /// Where a request comes from.
    private enum Source {
        case same
        case other
        /// The client isn't a current browser.
        case unknown
    }

    private func source(of request: Request) -> Source {
        let origin = request.headers[.origin]?.lowercasedASCII()
        if let origin, origins.contains(ByteText(origin)) { return .same }
        if let site = request.headers.joinedValues(of: "sec-fetch-site") {
            let isOwn = site.hasSameBytes(as: "same-origin") || site.hasSameBytes(as: "none")
            return isOwn ? .same : .other
        }
        guard let origin else { return .unknown }
        guard let host = request.headers.joinedValues(of: "host")?.lowercasedASCII() else { return .other }
        if origin.hasSameBytes(as: "https://\(host)") { return .same }
        return request.peer.isSecure || !origin.hasSameBytes(as: "http://\(host)") ? .other : .same
    }

    private static let refusal = HTTPError(.forbidden, "the request comes from another site")
}
