package import GustHTTP

/// A path pattern: a regular expression (PCRE2) that must match the whole path, plus the sugar `/:name`.
///
/// - `(?P<name>…)` and `(?<name>…)` capture by name, `(…)` by position; both kinds may stand side by side.
/// - `/:name` is short for `/(?P<name>[^/]+)`.
/// - A pattern without any special character is compared as text and costs no expression.
///
/// Patterns see ``RequestTarget/matchingPath``: decoded once, with `%2F` still encoded, empty segments kept. Matching is
/// bounded (``matchLimit``), so that no path can make a pattern run for long; what exceeds the bound doesn't match.
public struct Pattern: Sendable, CustomStringConvertible {
    /// How many steps a match may take, as PCRE2's `match_limit` counts them.
    ///
    /// A match that needs more is given up: it is no match, and it is counted.
    public static let matchLimit: UInt32 = 10_000

    /// The text as it was written.
    public let text: String
    /// The names of the groups in order; nil for an unnamed one.
    let groupNames: [String?]
    private let expression: CompiledExpression?

    /// Compiles a pattern.
    ///
    /// - Throws: ``PatternError`` with the place of the mistake.
    public init(_ text: String) throws(PatternError) {
        self.text = text
        guard let first = text.unicodeScalars.first, first == "/" || first == "(" || text == "*" else {
            throw PatternError("a pattern begins with \"/\"", in: text, at: 0)
        }
        let expanded = try PatternSugar.expand(text)
        if PatternSyntax.isLiteral(expanded) || text == "*" {
            expression = nil
            groupNames = []
        } else {
            let compiled = try CompiledExpression(expanded, written: text)
            expression = compiled
            groupNames = compiled.groupNames
        }
    }

    /// The text with every special character escaped, so that it matches only itself.
    public static func escape(_ literal: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in literal.unicodeScalars {
            if PatternSyntax.special.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }

    /// The captures if the pattern matches all of `path`, or nil.
    package func match(_ path: String) -> Captures? {
        guard let expression else { return isText(path) ? Captures() : nil }
        return expression.match(path)
    }

    /// Whether the pattern matches all of `path`.
    package func matches(_ path: String) -> Bool {
        guard let expression else { return isText(path) }
        return expression.matches(path)
    }

    /// Whether `path` is the text, byte by byte as expressions compare: `String` would take other spellings of "é" for it.
    private func isText(_ path: String) -> Bool { path.utf8.elementsEqual(text.utf8) }

    /// Whether it is compared as text.
    var isLiteral: Bool { expression == nil }

    /// What every path begins with that this pattern matches.
    var literalPrefix: String {
        guard expression != nil else { return text }
        return PatternSyntax.literalPrefix(of: expression?.source ?? text)
    }

    /// The expression that is matched, with the sugar written out.
    var source: String { expression?.source ?? Pattern.escape(text) }

    /// The text as it was written.
    public var description: String { text }
}
