public import GustHTTP
import HTTPTypes

/// Refuses requests that another site made a visitor's browser send: 403 (cross-site request forgery).
///
/// ```swift
/// app.use(CSRF())
/// ```
///
/// Needs no tokens: browsers say where a request comes from, in `Sec-Fetch-Site` (since 2023 all do) or `Origin`, and pages
/// can't change either. Refused are requests that may change something, all but `GET`, `HEAD` and `OPTIONS`; those that
/// open a WebSocket, which isn't bound by CORS; and every request of a Socket.IO endpoint but for its client's files, because
/// a poll takes the visitor's messages. A request with neither field isn't one of a browser of these days, and passes: for older
/// ones rely on `SameSite` and tokens of your own.
///
/// Without `Sec-Fetch-Site` the host of `Origin` is compared with `Host`, byte by byte but for the case of ASCII letters, so behind
/// a proxy that changes it put ``TrustedProxies`` in front. Where the visitor is known to have come over TLS, a page of the same host
/// without TLS is another site. Source: Fetch Metadata (W3C), and Go's `http.CrossOriginProtection`.
public struct CSRF: Middleware {
    private let origins: Set<ByteText>

    /// Makes the middleware.
    ///
    /// - Parameter origins: other sites that may, each as browsers send it: `https://example.com`, with a port if it isn't
    ///   the scheme's own. Those of other subdomains are other sites too.
    public init(allowing origins: Set<String> = []) {
        self.origins = Set(origins.map { ByteText($0.lowercasedASCII()) })
    }

    /// Answers with what is behind it, unless the request is forged.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard comesFromAnotherSite(request) else { return next.answer(request) }
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

    private func comesFromAnotherSite(_ request: Request) -> Bool {
        let origin = request.headers[.origin]?.lowercasedASCII()
        if let origin, origins.contains(ByteText(origin)) { return false }
        if let site = request.headers.value("sec-fetch-site") {
            return !site.hasSameBytes(as: "same-origin") && !site.hasSameBytes(as: "none")
        }
        guard let origin else { return false }
        guard let host = request.headers.value("host")?.lowercasedASCII() else { return true }
        if origin.hasSameBytes(as: "https://\(host)") { return false }
        return request.peer.isSecure || !origin.hasSameBytes(as: "http://\(host)")
    }

    private static let refusal = HTTPError(.forbidden, "the request comes from another site")
}
