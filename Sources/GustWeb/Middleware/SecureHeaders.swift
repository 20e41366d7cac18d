public import GustHTTP
import HTTPTypes

/// Adds fields that prevent browsers from guessing media types, framing pages and sending full referrers to other
/// origins.
///
/// Fields that a handler has set itself are kept; responses to upgrades aren't changed. Source: OWASP Secure Headers
/// Project.
public struct SecureHeaders: Middleware {
    private let fields: [HTTPField]

    /// Makes the middleware; for a nil argument, its field isn't sent.
    ///
    /// - Parameters:
    ///   - frames: the value of `X-Frame-Options`, which limits the origins that may frame the pages. Pages of other
    ///     origins that use `jsonp-polling` load the responses to their posts in frames, so an endpoint for such pages
    ///     needs nil.
    ///   - referrer: the value of `Referrer-Policy`.
    ///   - contentSecurityPolicy: the value of `Content-Security-Policy`.
    ///   - strictTransportSecurity: how long browsers must use HTTPS only (`Strict-Transport-Security`); set it behind
    ///     TLS.
    public init(
        frames: String? = "SAMEORIGIN",
        referrer: String? = "strict-origin-when-cross-origin",
        contentSecurityPolicy: String? = nil,
        strictTransportSecurity: Duration? = nil
    ) {
        var fields: [(HTTPField.Name, String)] = [(.xContentTypeOptions, "nosniff")]
        if let frames, let name = HTTPField.Name("X-Frame-Options") { fields.append((name, frames)) }
        if let referrer, let name = HTTPField.Name("Referrer-Policy") { fields.append((name, referrer)) }
        if let contentSecurityPolicy { fields.append((.contentSecurityPolicy, contentSecurityPolicy)) }
        if let strictTransportSecurity {
            fields.append((.strictTransportSecurity, "max-age=\(strictTransportSecurity.components.seconds)"))
        }
        self.fields = fields.map { HTTPField(name: $0, value: $1) }
    }

    /// Answers with the answer of `next`, and adds the fields.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        next.answer(request).edited(with: fields) { response, fields in
            if case .upgrade = response.body { return }
            for field in fields where !response.headers.has(field.name) { response.headers.add(field) }
        }
    }
}
