import HTTPTypes

/// The cookies of a request, in the order in which they were sent, including repeated names.
///
/// A `Cookie` field is read as browsers write it (RFC 6265 §5.4, RFC 6265bis §5.8.3): quotes belong to the value, nothing is
/// decoded, and text without `=` is the value of a cookie without a name. Parsing never fails, and takes time in proportion
/// to the length of the text. At most `maximumCookies` are read.
public struct Cookies: Sendable, Sequence {
    /// The maximum number of cookies that are read; the rest is ignored.
    ///
    /// Browsers keep at most 180 cookies for a site.
    package static let maximumCookies = 1_000

    private let pairs: [(name: String, value: String)]

    /// Parses the value of a `Cookie` field.
    package init(_ text: String) {
        guard !text.isEmpty else {
            pairs = []
            return
        }
        var pairs: [(name: String, value: String)] = []
        for piece in text.utf8.split(separator: UInt8(ascii: ";")) {
            guard pairs.count < Self.maximumCookies else { break }
            let piece = Self.trimmed(piece)
            guard !piece.isEmpty else { continue }
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else {
                pairs.append(("", Self.string(piece)))
                continue
            }
            pairs.append(
                (
                    Self.string(Self.trimmed(piece[..<equals])),
                    Self.string(Self.trimmed(piece[piece.index(after: equals)...]))
                )
            )
        }
        self.pairs = pairs
    }

    /// The value of the cookie called `name`; nil if it wasn't sent.
    ///
    /// If several cookies have the name, the first counts: browsers send the cookie with the longest path first (RFC 6265
    /// §5.4).
    public subscript(name: String) -> String? {
        pairs.first { $0.name.hasSameBytes(as: name) }?.value
    }

    /// All values of `name`, in the order in which they were sent.
    package func values(of name: String) -> [String] {
        pairs.filter { $0.name.hasSameBytes(as: name) }.map(\.value)
    }

    /// Iterates over all cookies in the order in which they were sent.
    public func makeIterator() -> some IteratorProtocol<(name: String, value: String)> {
        pairs.makeIterator()
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text
        while let first = text.first, first.isBlank { text = text.dropFirst() }
        while let last = text.last, last.isBlank { text = text.dropLast() }
        return text
    }

    private static func string(_ text: Substring.UTF8View) -> String { String(Substring(text)) }
}

extension Request {
    /// The cookies of the request, parsed on each call; keep the result if you look up several.
    public var cookies: Cookies { Cookies(headers[.cookie] ?? "") }
}
