import HTTPTypes

/// Setting and removing cookies.
extension Response {
    /// Sets a cookie in the browser, replacing a cookie of the same name, domain and path in this response.
    ///
    /// - Parameters:
    ///   - cookie: The cookie.
    ///   - request: The request that is answered; it decides ``Cookie/isSecure`` if that is nil.
    /// - Throws: an error if a part of the cookie has characters that would end it or begin another attribute, if a
    ///   part is longer than browsers accept, or if the prefix and the attributes contradict each other.
    public mutating func setCookie(_ cookie: Cookie, for request: Request) throws {
        let field = try cookie.field(isRequestSecure: request.peer.isSecure, now: .now)
        removeCookieField { $0 == Self.identity(of: field[...]) }
        headers.append(HTTPField(name: .setCookie, value: field))
    }

    /// Removes a cookie from the browser; domain and path must be those with which the cookie was set.
    ///
    /// - Parameters:
    ///   - name: The name of the cookie.
    ///   - path: The path of the cookie.
    ///   - domain: The domain of the cookie; nil if it was set without a domain.
    ///   - request: The request that is answered.
    /// - Throws: an error if the name, path or domain is invalid.
    public mutating func removeCookie(
        _ name: String,
        path: String = "/",
        domain: String? = nil,
        for request: Request
    ) throws {
        var cookie = Cookie(name, "", maximumAge: .zero)
        cookie.path = path
        cookie.domain = domain
        try setCookie(cookie, for: request)
    }

    private mutating func removeCookieField(where isSame: ([ByteText]) -> Bool) {
        guard headers[.setCookie] != nil else { return }
        headers.removeAll { $0.name == .setCookie && isSame(Self.identity(of: $0.value[...])) }
    }

    /// The parts that identify a cookie in browsers: name, domain and path (RFC 6265 §5.3, step 11).
    private static func identity(of field: Substring) -> [ByteText] {
        let pieces = field.pieces(on: UInt8(ascii: ";")).map { $0.trimmingSpaces() }
        let name = pieces.first.map { $0.parted(at: UInt8(ascii: "="))?.before ?? $0 } ?? ""
        let attributes = pieces.dropFirst().filter { $0.hasBytePrefix("Path=") || $0.hasBytePrefix("Domain=") }
        return ([name] + attributes).map { ByteText(String($0)) }
    }
}
