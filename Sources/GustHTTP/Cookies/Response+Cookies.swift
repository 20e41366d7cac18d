import HTTPTypes

/// Cookies of an answer.
extension Response {
    /// Gives the browser a cookie to keep, instead of one of the same name, domain and path that this answer set before.
    ///
    /// - Parameters:
    ///   - cookie: the cookie.
    ///   - request: what is answered: over TLS the cookie is for TLS only, unless it says otherwise itself.
    /// - Throws: ``CookieError`` if a part of it has characters that would end it or begin another attribute, if browsers
    ///   wouldn't keep it for its length, or if its prefix and attributes don't go together.
    public mutating func setCookie(_ cookie: Cookie, for request: Request) throws(CookieError) {
        let field = try cookie.field(isRequestSecure: request.peer.isSecure, now: .now)
        removeCookieField { $0 == Self.identity(of: field[...]) }
        headers.append(HTTPField(name: .setCookie, value: field))
    }

    /// Makes the browser forget a cookie; the domain and path must be those it was set with.
    ///
    /// - Parameters:
    ///   - name: the cookie's name.
    ///   - path: the cookie's path.
    ///   - domain: the cookie's domain; nil if it had none.
    ///   - request: what is answered.
    /// - Throws: ``CookieError`` if one of them can't be a cookie's.
    public mutating func removeCookie(
        _ name: String,
        path: String = "/",
        domain: String? = nil,
        for request: Request
    ) throws(CookieError) {
        var cookie = Cookie(name, "", maximumAge: .zero)
        cookie.path = path
        cookie.domain = domain
        try setCookie(cookie, for: request)
    }

    private mutating func removeCookieField(where isSame: ([ByteText]) -> Bool) {
        guard headers[.setCookie] != nil else { return }
        headers.removeAll { $0.name == .setCookie && isSame(Self.identity(of: $0.value[...])) }
    }

    /// By what browsers tell cookies apart: name, domain and path (RFC 6265 §5.3, step 11).
    private static func identity(of field: Substring) -> [ByteText] {
        let pieces = field.pieces(on: UInt8(ascii: ";")).map { $0.trimmingSpaces() }
        let name = pieces.first.map { $0.parted(at: UInt8(ascii: "="))?.before ?? $0 } ?? ""
        let attributes = pieces.dropFirst().filter { $0.hasBytePrefix("Path=") || $0.hasBytePrefix("Domain=") }
        return ([name] + attributes).map { ByteText(String($0)) }
    }
}
