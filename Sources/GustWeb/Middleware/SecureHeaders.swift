public import GustHTTP
import HTTPTypes

/// Adds fields that prevent browsers from guessing media types, framing pages and sending full referrers to other
/// origins.
///
/// ```swift
/// app.use(SecureHeaders(contentSecurityPolicy: "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic'"))
/// ```
///
/// Fields that a handler has set itself are kept; responses to upgrades aren't changed. Each `{nonce}` of the policies is replaced by
/// a nonce of 132 random bits, a new one for each request, which inner handlers put into their elements:
/// `<script nonce="…">` with `Request.contentSecurityNonce`. A response with status 304 gets no policy with a nonce: the browser shows
/// the page that it has stored, which has the nonce of the policy stored with it. ``ResponseCache`` doesn't store pages with a nonce.
///
/// Source: OWASP Secure Headers Project; Content Security Policy Level 3, §7.1.
public struct SecureHeaders: Middleware {
    private let fields: [HTTPField]
    private let names: [HTTPField.Name]
    private let policies: [ContentSecurityPolicy]

    /// Makes the middleware; for a nil argument, its field isn't sent.
    ///
    /// - Parameters:
    ///   - frames: the value of `X-Frame-Options`, which limits the origins that may frame the pages. Pages of other
    ///     origins that use `jsonp-polling` load the responses to their posts in frames, so an endpoint for such pages
    ///     needs nil.
    ///   - referrer: the value of `Referrer-Policy`.
    ///   - contentSecurityPolicy: the value of `Content-Security-Policy`; each `{nonce}` in it is replaced.
    ///   - contentSecurityPolicyReportOnly: the value of `Content-Security-Policy-Report-Only`, a policy that is being tried out; each
    ///     `{nonce}` in it is replaced.
    ///   - strictTransportSecurity: how long browsers must use HTTPS only (`Strict-Transport-Security`); set it behind
    ///     TLS.
    ///   - openers: the value of `Cross-Origin-Opener-Policy`. By default a page can talk to the windows that it opens, as for signing in at
    ///     another site, but pages of other origins that open it can't reach its window.
    ///   - embedders: the value of `Cross-Origin-Resource-Policy`, such as `same-origin`, which keeps pages of other origins from
    ///     embedding responses. Not by default: pages of other origins embed the browser client of Socket.IO.
    ///   - permissions: the value of `Permissions-Policy`, such as `camera=(), geolocation=()`, which switches off features of browsers.
    public init(
        frames: String? = "SAMEORIGIN",
        referrer: String? = "strict-origin-when-cross-origin",
        contentSecurityPolicy: String? = nil,
        contentSecurityPolicyReportOnly: String? = nil,
        strictTransportSecurity: Duration? = nil,
        openers: String? = "same-origin-allow-popups",
        embedders: String? = nil,
        permissions: String? = nil
    ) {
        var fields: [(String, String)] = [("X-Content-Type-Options", "nosniff")]
        var policies: [ContentSecurityPolicy] = []
        func add(_ name: String, _ value: String?) {
            if let value { fields.append((name, value)) }
        }
        func addPolicy(_ name: String, _ value: String?) {
            guard let value else { return }
            if let policy = ContentSecurityPolicy(name, value) { policies.append(policy) } else { add(name, value) }
        }
        add("X-Frame-Options", frames)
        add("Referrer-Policy", referrer)
        addPolicy("Content-Security-Policy", contentSecurityPolicy)
        addPolicy("Content-Security-Policy-Report-Only", contentSecurityPolicyReportOnly)
        add("Strict-Transport-Security", strictTransportSecurity.map { "max-age=\($0.components.seconds)" })
        add("Cross-Origin-Opener-Policy", openers)
        add("Cross-Origin-Resource-Policy", embedders)
        add("Permissions-Policy", permissions)
        self.fields = fields.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
        }
        names = self.fields.map(\.name)
        self.policies = policies
    }

    /// Answers with the answer of `next`, and adds the fields.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard !policies.isEmpty else {
            return next.answer(request).edited(with: self) { response, headers in headers.add(to: &response) }
        }
        let nonce = ContentSecurityNonce()
        var request = request
        request.storage[ContentSecurityNonce.Key.self] = nonce
        return next.answer(request).edited(with: (self, nonce)) { response, context in
            let (headers, nonce) = context
            headers.add(to: &response)
            if response.status == .notModified { return }
            if case .upgrade = response.body { return }
            for policy in headers.policies where !response.headers.has(policy.name) {
                response.headers.add(policy.field(nonce))
            }
        }
    }

    private func add(to response: inout Response) {
        if case .upgrade = response.body { return }
        for index in names.indices where !response.headers.has(names[index]) { response.headers.add(fields[index]) }
    }
}
