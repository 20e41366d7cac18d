/// Checks the parts of a `Set-Cookie` field (RFC 6265 §4.1.1).
enum CookieSyntax {
    /// The maximum length of name and value together, in bytes; browsers ignore longer cookies (RFC 6265bis §5.6).
    static let maximumLength = 4_096
    /// The maximum length of an attribute's value, in bytes; browsers ignore longer attributes (RFC 6265bis §5.6).
    private static let maximumAttributeLength = 1_024

    static func check(name: String) throws(CookieError) {
        guard !name.isEmpty else { throw CookieError("a cookie needs a name", in: name) }
        try check(name, "a cookie's name must consist of letters, digits and !#$%&'*+-.^_`|~", \.isTokenCharacter)
    }

    static func check(value: String) throws(CookieError) {
        let isQuoted = value.utf8.count >= 2 && value.utf8.first == quote && value.utf8.last == quote
        let last = value.utf8.count - 1
        for (offset, byte) in value.utf8.enumerated() {
            if isQuoted, offset == 0 || offset == last { continue }
            guard byte > 0x20, byte < 0x7F, byte != quote, !#",;\"#.utf8.contains(byte) else {
                throw CookieError(
                    #"a cookie's value must be visible ASCII without "",;\: percent-encode or sign it"#,
                    in: value,
                    at: offset
                )
            }
        }
    }

    static func check(path: String) throws(CookieError) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw CookieError("a cookie's path must begin with \"/\"", in: path)
        }
        guard path.utf8.count <= maximumAttributeLength else {
            throw CookieError("a cookie's path may have at most \(maximumAttributeLength) bytes", in: path)
        }
        try check(path, "a cookie's path must be visible ASCII without \";\"") { byte in
            byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ";")
        }
    }

    static func check(domain: String) throws(CookieError) {
        guard domain.utf8.contains(where: \.isLetterOrDigit), domain.utf8.count <= 253 else {
            throw CookieError("a cookie's domain must be a host name", in: domain)
        }
        try check(domain, "a cookie's domain must consist of letters, digits, hyphens and dots") { byte in
            byte.isLetterOrDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
    }

    private static let quote = UInt8(ascii: "\"")

    private static func check(
        _ text: String,
        _ message: String,
        _ isAllowed: (UInt8) -> Bool
    ) throws(CookieError) {
        for (offset, byte) in text.utf8.enumerated() where !isAllowed(byte) {
            throw CookieError(message, in: text, at: offset)
        }
    }
}
