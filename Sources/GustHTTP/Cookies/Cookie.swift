/// A cookie for a response to set.
///
/// By default a cookie is sent for all paths of the host that set it, is hidden from scripts, isn't sent with requests from
/// forms and frames of other sites, and is sent over TLS only if it was set over TLS.
///
/// ```swift
/// try response.setCookie(Cookie("theme", "dark", maximumAge: .seconds(31_536_000)), for: request)
/// ```
///
/// All parts are checked when the cookie is set; see ``Response/setCookie(_:for:)``.
public struct Cookie: Sendable {
    /// Whether browsers send a cookie with requests that another site caused (RFC 6265bis §5.6.7).
    public enum SameSite: Sendable, Hashable {
        /// The cookie is never sent with such requests.
        case strict
        /// The cookie is sent when the visitor follows a link from another site.
        case lax
        /// The cookie is always sent; browsers require TLS for such cookies.
        case none

        /// The value of the attribute.
        var text: String {
            switch self {
            case .strict: "Strict"
            case .lax: "Lax"
            case .none: "None"
            }
        }
    }

    /// The name, a token of RFC 9110 §5.6.2.
    public var name: String
    /// The value: visible ASCII without `"`, `,`, `;` and `\`, optionally in quotes.
    ///
    /// Percent-encode other text.
    public var value: String
    /// The path below which the cookie is sent; the default is `/`.
    public var path = "/"
    /// The domain to whose hosts the cookie is sent; nil means only the host that set it.
    public var domain: String?
    /// How long browsers keep the cookie, in whole seconds; nil keeps it until the browser is closed.
    public var maximumAge: Duration?
    /// Whether the cookie is sent over TLS only.
    ///
    /// If nil, it is `true` if the request came over TLS (see ``Request/isSecure``), if the name begins with `__Host-` or
    /// `__Secure-`, for `SameSite=None`, or if ``isPartitioned`` is set.
    public var isSecure: Bool?
    /// Whether the cookie is hidden from scripts.
    public var isHTTPOnly = true
    /// Whether the cookie is sent with requests that other sites cause.
    public var sameSite = SameSite.lax
    /// Whether a cookie that a frame sets is kept separately for each embedding site (CHIPS).
    public var isPartitioned = false

    /// Makes a cookie, which is checked when it is set.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value.
    ///   - maximumAge: How long browsers keep the cookie; nil keeps it until the browser is closed.
    public init(_ name: String, _ value: String, maximumAge: Duration? = nil) {
        self.name = name
        self.value = value
        self.maximumAge = maximumAge
    }

    /// The value of the `Set-Cookie` field (RFC 6265 §4.1.1).
    ///
    /// `Expires` is sent in addition to `Max-Age`, because Internet Explorer up to 8 doesn't support `Max-Age`.
    func field(isRequestSecure: Bool, now: HTTPDate) throws(CookieError) -> String {
        try check()
        var text = "\(name)=\(value)"
        if let maximumAge {
            let seconds = max(0, Int(maximumAge.components.seconds))
            // The age is limited, because the year of an HTTP date has four digits.
            let end = seconds == 0 ? 0 : now.seconds + min(seconds, Self.longestAge)
            text += "; Max-Age=\(seconds); Expires=\(HTTPDate(seconds: end))"
        }
        if let domain { text += "; Domain=\(domain)" }
        text += "; Path=\(path)"
        if isSecure ?? (needsTLS || isRequestSecure) { text += "; Secure" }
        if isHTTPOnly { text += "; HttpOnly" }
        text += "; SameSite=\(sameSite.text)"
        if isPartitioned { text += "; Partitioned" }
        return text
    }

    private static let longestAge = 100 * 366 * 86_400

    private var needsTLS: Bool {
        name.hasPrefixIgnoringASCIICase("__host-") || name.hasPrefixIgnoringASCIICase("__secure-") || sameSite == .none
            || isPartitioned
    }

    /// Checks all parts and their combination (RFC 6265bis §4.1.3, §5.7).
    package func check() throws(CookieError) {
        try CookieSyntax.check(name: name)
        try CookieSyntax.check(value: value)
        try CookieSyntax.check(path: path)
        if let domain { try CookieSyntax.check(domain: domain) }
        guard name.utf8.count + value.utf8.count <= CookieSyntax.maximumLength else {
            throw CookieError(
                "the name and value of a cookie may have at most \(CookieSyntax.maximumLength) bytes together",
                in: name
            )
        }
        if name.hasPrefixIgnoringASCIICase("__host-") {
            guard domain == nil else { throw CookieError("a __Host- cookie must not have a domain", in: name) }
            guard path == "/" else { throw CookieError("a __Host- cookie must have the path /", in: name) }
        }
        guard !needsTLS || isSecure != false else {
            throw CookieError(
                "isSecure must not be false: browsers require TLS for this prefix, SameSite=None or Partitioned",
                in: name
            )
        }
    }
}
