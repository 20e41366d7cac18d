/// A cookie for a browser to keep, with safe defaults: for the whole site, hidden from scripts, not sent along by other
/// sites' forms and frames, and only over TLS if it was set over TLS.
///
/// ```swift
/// try response.setCookie(Cookie("theme", "dark", maximumAge: .seconds(31_536_000)), for: request)
/// ```
///
/// Everything is checked when it is set; see ``Response/setCookie(_:for:)``.
public struct Cookie: Sendable, Hashable {
    /// When browsers send a cookie along with requests that another site caused (RFC 6265bis §5.6.7).
    public enum SameSite: String, Sendable, Hashable {
        /// Never.
        case strict = "Strict"
        /// When the visitor follows a link.
        case lax = "Lax"
        /// Always; browsers want it over TLS only.
        case none = "None"
    }

    /// The name: a token of RFC 9110.
    public var name: String
    /// The value: visible ASCII without `"`, `,`, `;` and `\`, perhaps in quotes.
    ///
    /// Percent-encode other text.
    public var value: String
    /// The path below which it is sent; `/` unless said otherwise.
    public var path = "/"
    /// The domain whose hosts get it; nil means the one host that set it.
    public var domain: String?
    /// How long it is kept, in whole seconds; nil keeps it until the browser is closed.
    public var maximumAge: Duration?
    /// Whether it is sent over TLS only; nil decides by the request: over TLS, or behind a proxy that says so.
    ///
    /// Names that begin with `__Host-` or `__Secure-`, `SameSite=None` and ``isPartitioned`` make it true.
    public var isSecure: Bool?
    /// Whether scripts don't see it.
    public var isHTTPOnly = true
    /// Whether it is sent along with requests that other sites cause.
    public var sameSite = SameSite.lax
    /// Whether a frame's cookie is kept apart for each page that embeds it (CHIPS).
    public var isPartitioned = false

    /// Describes a cookie.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - value: the value.
    ///   - maximumAge: how long it is kept; nil keeps it until the browser is closed.
    public init(_ name: String, _ value: String, maximumAge: Duration? = nil) {
        self.name = name
        self.value = value
        self.maximumAge = maximumAge
    }

    /// The value of the `Set-Cookie` field (RFC 6265 §4.1.1).
    ///
    /// Has `Expires` beside `Max-Age`, because Internet Explorer up to 8 only knows that.
    func field(isRequestSecure: Bool, now: HTTPDate) throws(CookieError) -> String {
        try check()
        var text = "\(name)=\(value)"
        if let maximumAge {
            let seconds = max(0, Int(maximumAge.components.seconds))
            // A date of HTTP has four digits for the year.
            let end = seconds == 0 ? 0 : now.seconds + min(seconds, Self.longestAge)
            text += "; Max-Age=\(seconds); Expires=\(HTTPDate(seconds: end))"
        }
        if let domain { text += "; Domain=\(domain)" }
        text += "; Path=\(path)"
        if isSecure ?? (needsTLS || isRequestSecure) { text += "; Secure" }
        if isHTTPOnly { text += "; HttpOnly" }
        text += "; SameSite=\(sameSite.rawValue)"
        if isPartitioned { text += "; Partitioned" }
        return text
    }

    private static let longestAge = 100 * 366 * 86_400

    private var needsTLS: Bool {
        name.hasPrefixIgnoringASCIICase("__host-") || name.hasPrefixIgnoringASCIICase("__secure-") || sameSite == .none
            || isPartitioned
    }

    /// Checks all parts, and that they go together (RFC 6265bis §4.1.3, §5.7).
    package func check() throws(CookieError) {
        try CookieSyntax.check(name: name)
        try CookieSyntax.check(value: value)
        try CookieSyntax.check(path: path)
        if let domain { try CookieSyntax.check(domain: domain) }
        guard name.utf8.count + value.utf8.count <= CookieSyntax.maximumLength else {
            throw CookieError(
                "browsers keep no cookie whose name and value are longer than \(CookieSyntax.maximumLength) bytes",
                in: name
            )
        }
        if name.hasPrefixIgnoringASCIICase("__host-") {
            guard domain == nil else { throw CookieError("a cookie called __Host-… has no domain", in: name) }
            guard path == "/" else { throw CookieError("a cookie called __Host-… has the path /", in: name) }
        }
        guard !needsTLS || isSecure != false else {
            throw CookieError(
                "browsers take this cookie over TLS only (its prefix, SameSite=None or Partitioned): isSecure is false",
                in: name
            )
        }
    }
}

/// By bytes, as browsers tell cookies apart.
extension Cookie {
    /// Whether all parts are the same, texts by their bytes.
    public static func == (left: Cookie, right: Cookie) -> Bool {
        left.texts == right.texts && left.maximumAge == right.maximumAge && left.isSecure == right.isSecure
            && left.isHTTPOnly == right.isHTTPOnly && left.sameSite == right.sameSite
            && left.isPartitioned == right.isPartitioned
    }

    /// Hashes the bytes of the texts.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(texts)
    }

    private var texts: [ByteText?] { [name, value, path, domain].map { text in text.map { ByteText($0) } } }
}
