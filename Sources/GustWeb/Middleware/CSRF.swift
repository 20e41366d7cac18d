public import GustHTTP
import HTTPTypes

/// Refuses requests that another site made a visitor's browser send: 403 (cross-site request forgery).
///
/// ```swift
/// app.use(CSRF())
/// ```
///
/// Needs no tokens: browsers say where a request comes from, in `Sec-Fetch-Site` (since 2023 all do) or `Origin`, and pages
/// can't change either. Asked are requests that may change something, all but `GET`, `HEAD` and `OPTIONS`, and those that
/// open a WebSocket, which isn't bound by CORS; of a Socket.IO endpoint all requests. Who sends neither field isn't a browser of these days, and passes: for older
/// ones rely on `SameSite` and tokens of your own.
///
/// Without `Sec-Fetch-Site` the host of `Origin` is compared with `Host`, so behind a proxy that changes it put
/// ``TrustedProxies`` in front. Source: Fetch Metadata (W3C), and Go's `http.CrossOriginProtection`.
public struct CSRF: Middleware {
    private let origins: Set<String>

    /// Makes the middleware.
    ///
    /// - Parameter origins: other sites that may, each as browsers send it: `https://example.com`, with a port if it isn't
    ///   the scheme's own. Those of other subdomains are other sites too.
    public init(allowing origins: Set<String> = []) {
        self.origins = Set(origins.map { $0.lowercased() })
    }

    /// Answers with what is behind it, unless the request is forged.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard isForeign(request) else { return next.answer(request) }
        guard isHarmless(request) else { return .failed(Self.refusal) }
        var request = request
        request.storage[CrossSiteRequest.self] = true
        return next.answer(request)
    }

    private func isForeign(_ request: Request) -> Bool {
        let origin = request.headers[.origin]?.lowercased()
        if let origin, origins.contains(origin) { return false }
        if let site = request.headers.value("sec-fetch-site") { return site != "same-origin" && site != "none" }
        guard let origin else { return false }
        guard let host = request.headers.value("host")?.lowercased() else { return true }
        return origin != "http://\(host)" && origin != "https://\(host)"
    }

    private func isHarmless(_ request: Request) -> Bool {
        switch request.method {
        case .get, .head, .options: !request.isUpgrade(to: "websocket")
        default: false
        }
    }

    private static let refusal = HTTPError(.forbidden, "the request comes from another site")
}
