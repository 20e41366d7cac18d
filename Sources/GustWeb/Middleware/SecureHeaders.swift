public import GustHTTP
import HTTPTypes

/// Adds the fields that keep browsers from guessing types, framing pages and telling where a visitor came from.
///
/// Fields that a handler has set itself stay; an upgrade is left alone. Source: OWASP Secure Headers Project.
public struct SecureHeaders: Middleware {
    private let fields: [(HTTPField.Name, String)]

    /// Makes the middleware; nil leaves a field out.
    ///
    /// - Parameters:
    ///   - frames: who may frame the pages (`X-Frame-Options`). Pages of other origins that use `jsonp-polling` frame the
    ///     answers to their posts, so an endpoint for them needs nil.
    ///   - referrer: `Referrer-Policy`.
    ///   - contentSecurityPolicy: `Content-Security-Policy`.
    ///   - strictTransportSecurity: how long browsers shall come by HTTPS only; set it behind TLS.
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
        self.fields = fields
    }

    /// Adds the fields to what is answered behind it.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        next.answer(request).edited(with: fields) { response, fields in
            if case .upgrade = response.body { return }
            for (name, value) in fields where response.headers[name] == nil { response.headers[name] = value }
        }
    }
}
