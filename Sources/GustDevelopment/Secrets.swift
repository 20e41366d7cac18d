import GustHTTP

/// Hides values that let whoever sees them act for somebody else: a page may be in a screenshot.
enum Secrets {
    static let placeholder = "(hidden)"

    /// Parts of names, in lower case.
    private static let parts = [
        "authorization", "cookie", "token", "secret", "password", "passwd", "session", "csrf", "xsrf", "key",
        "credential",
        "signature",
    ]

    /// The name and the value, which is hidden if the name is that of a secret.
    static func pair(_ name: String, _ value: String) -> ErrorReport.Pair {
        ErrorReport.Pair(name: name, value: isSecret(name) ? placeholder : value)
    }

    /// Whether a value with this name is a secret; a few names that aren't, such as `keyword`, are taken for one.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercasedASCII()
        return parts.contains { name.utf8.hasPart($0.utf8) }
    }
}

extension String.UTF8View {
    /// Whether the bytes of `part` follow each other somewhere in this text.
    func hasPart(_ part: String.UTF8View) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
