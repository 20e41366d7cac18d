/// A request target in origin form: `path[?query]` (RFC 9112 §3.2.1).
///
/// `path` is the path as it was sent. Patterns match `matchingPath`, which is percent-decoded once, except for `%2F` and
/// `%25`: those stay encoded, so that an encoded slash never separates segments, and are decoded in captures.
public struct RequestTarget: Sendable {
    /// The path as it was sent; it begins with `/`, or is `*` for `OPTIONS *`.
    package let path: String
    /// The path as patterns match it.
    ///
    /// It is the same string as ``path`` if that has no `%`.
    package var matchingPath: String { decoded?.path ?? path }
    /// Whether ``matchingPath`` may have a `%`; false for most targets.
    package var mayHaveEscape: Bool { decoded != nil }
    private let decoded: Decoded?
    /// The text after the first `?`, as it was sent; nil without a `?`.
    package let queryText: String?

    /// A path that decoding has changed; an object, because few targets have one and each copy of a target would copy its text.
    private final class Decoded: Sendable {
        let path: String

        init(_ path: String) { self.path = path }
    }

    /// Splits a target into path and query, and decodes the path once.
    ///
    /// - Returns: nil if the target doesn't begin with `/` and isn't `*`, or if it contains a space, a control character, bytes
    ///   that aren't UTF-8, or, in the path, an invalid escape or an escaped control character such as `%00`. A server answers
    ///   400 then.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let target = text.withUTF8({ RequestTarget(bytes: $0) }) else { return nil }
        self = target
    }

    /// Splits a target of bytes, which may be invalid UTF-8; see ``init(_:)``.
    package init?(bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.first == UInt8(ascii: "/") || bytes.count == 1 && bytes[0] == UInt8(ascii: "*") else { return nil }
        let isASCII = UnsafeRawBufferPointer(bytes).isVisibleASCII()
        guard isASCII || bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        let mark = UnsafeRawBufferPointer(bytes).offset(of: UInt8(ascii: "?"))
        let pathBytes = UnsafeBufferPointer(rebasing: bytes[..<(mark ?? bytes.count)])
        let hasEscape = UnsafeRawBufferPointer(pathBytes).offset(of: UInt8(ascii: "%")) != nil
        guard let path = Self.text(pathBytes, isASCII: isASCII) else { return nil }
        self.path = path
        if hasEscape {
            guard let matchingPath = PercentEncoding.decodeForMatching(pathBytes) else { return nil }
            decoded = Decoded(matchingPath)
        } else {
            decoded = nil
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
        decoded = Decoded(matchingPath)
        self.queryText = queryText
    }

    /// This target without the part of the path before `rest`, which is the end of ``matchingPath``.
    ///
    /// `rest` begins with a slash. Decoding adds no slashes, so the same slash is found in ``path`` by counting slashes.
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

    /// This target with one slash more at the end of the path, or without the slash there.
    ///
    /// nil for `/` and `*`, and for a path that ends with an empty segment (`/a//`).
    package var withOtherEnd: RequestTarget? {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count > 1 else { return nil }
        guard path.utf8.last == UInt8(ascii: "/") else {
            return RequestTarget(path: path + "/", matchingPath: matchingPath + "/", queryText: queryText)
        }
        // An encoded slash stays encoded in `matchingPath`, so both end with the same slash.
        let shorter = Substring(path.utf8.dropLast())
        guard shorter.utf8.last != UInt8(ascii: "/") else { return nil }
        return RequestTarget(
            path: String(shorter),
            matchingPath: String(Substring(matchingPath.utf8.dropLast())),
            queryText: queryText
        )
    }

    /// Whether both targets were sent with the same bytes.
    package func hasSameBytes(as other: RequestTarget) -> Bool {
        guard path.hasSameBytes(as: other.path) else { return false }
        return switch (queryText, other.queryText) {
        case (nil, nil): true
        case (let query?, let other?): query.hasSameBytes(as: other)
        default: false
        }
    }

    /// The parameters of the query; see ``Query``.
    package var query: Query { Query(queryText ?? "") }

    /// The whole target as it was sent.
    public var text: String { queryText.map { "\(path)?\($0)" } ?? path }
}
