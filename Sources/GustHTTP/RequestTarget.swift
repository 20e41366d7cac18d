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
        var text = String(text)
        guard let target = text.withUTF8({ RequestTarget(bytes: $0) }) else { return nil }
        self = target
    }

    /// The same of bytes as they came, which may be no UTF-8 at all.
    ///
    /// One pass: this is done for every request.
    package init?(bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.first == UInt8(ascii: "/") || bytes.count == 1 && bytes[0] == UInt8(ascii: "*") else { return nil }
        var mark: Int?
        var hasEscape = false
        var isASCII = true
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0...0x20, 0x7F: return nil
            case UInt8(ascii: "?"): if mark == nil { mark = index }
            case UInt8(ascii: "%"): if mark == nil { hasEscape = true }
            case 0x80...: isASCII = false
            default: break
            }
        }
        let pathBytes = UnsafeBufferPointer(rebasing: bytes[..<(mark ?? bytes.count)])
        guard let path = Self.text(pathBytes, isASCII: isASCII) else { return nil }
        self.path = path
        if hasEscape {
            guard let decoded = PercentEncoding.decodeForMatching(pathBytes) else { return nil }
            matchingPath = decoded
        } else {
            matchingPath = path
        }
        guard let mark else {
            queryText = nil
            return
        }
        guard let query = Self.text(UnsafeBufferPointer(rebasing: bytes[(mark + 1)...]), isASCII: isASCII) else {
            return nil
        }
        queryText = query
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) -> String? {
        isASCII ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
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

/// By bytes: other bytes are another resource, though `String` may take them for the same text.
extension RequestTarget {
    /// Whether both have the same bytes of path and query, as sent.
    public static func == (left: RequestTarget, right: RequestTarget) -> Bool {
        left.path.hasSameBytes(as: right.path)
            && left.queryText.map { ByteText($0) } == right.queryText.map { ByteText($0) }
    }

    /// Hashes the bytes of path and query.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteText(path))
        hasher.combine(queryText.map { ByteText($0) })
    }
}
