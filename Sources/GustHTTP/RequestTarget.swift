/// A request target in origin form: `path[?query]` (RFC 9112 §3.2.1).
///
/// The path is kept as sent. ``matchingPath`` is the form in which patterns see it: percent-decoded exactly once, but
/// with `%2F` and `%25` left encoded so that an encoded slash never separates segments; captures decode those two.
public struct RequestTarget: Sendable, Hashable {
    /// The path as sent: begins with `/` (or is `*` for `OPTIONS *`), has no `?`.
    public let path: String
    /// The path as patterns match it.
    ///
    /// The same string as ``path`` when that has no `%`.
    public let matchingPath: String
    /// The text after the first `?`, as sent; nil without a `?`.
    public let queryText: String?

    /// Splits a target and decodes its path once.
    ///
    /// - Returns: nil if the target doesn't begin with `/`, has a character outside visible ASCII and UTF-8 text,
    ///   or has an escape that isn't two hexadecimal digits, that isn't UTF-8 when decoded, or that makes a control
    ///   character (so also `%00`). A server answers 400.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.first == UInt8(ascii: "/") || text == "*" else { return nil }
        if let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(text[..<mark])
            queryText = String(text[text.utf8.index(after: mark)...])
        } else {
            path = String(text)
            queryText = nil
        }
        guard let decoded = PercentEncoding.decodeForMatching(path) else { return nil }
        matchingPath = decoded
    }

    private init(path: String, matchingPath: String, queryText: String?) {
        self.path = path
        self.matchingPath = matchingPath
        self.queryText = queryText
    }

    /// The target that is left when all of the path goes that stands before `rest`, the end of ``matchingPath``.
    ///
    /// `rest` begins with a slash. No slash comes of decoding, so the same slash is found in ``path`` by counting.
    package func tail(_ rest: Substring) -> RequestTarget {
        var slashes = rest.utf8.count { $0 == UInt8(ascii: "/") }
        let start = path.utf8.indices.reversed().first { index in
            if path.utf8[index] == UInt8(ascii: "/") { slashes -= 1 }
            return slashes == 0
        }
        return RequestTarget(
            path: String(path[(start ?? path.startIndex)...]),
            matchingPath: String(rest),
            queryText: queryText
        )
    }

    /// The query's parameters, decoded on each call; keep the result if you look up several.
    public var query: Query { Query(queryText ?? "") }

    /// The whole target as sent.
    public var text: String { queryText.map { "\(path)?\($0)" } ?? path }
}
