package import GustHTTP

/// A path pattern: a regular expression (PCRE2) that must match the whole path, plus the sugar `/:name`.
///
/// - `(?P<name>…)` and `(?<name>…)` capture by name, `(…)` by position; both kinds may stand side by side.
/// - `/:name` is short for `/(?P<name>[^/]+)`.
/// - A pattern without any special character is compared as text and costs no expression.
///
/// Patterns see ``RequestTarget/matchingPath``: decoded once, with `%2F` and `%25` still encoded, empty and dot segments
/// kept. So write `é` and a blank as themselves, a slash inside of a segment as `%2F` and a per cent sign as `%25`.
/// Matching is bounded (``matchLimit``), so that no path can make a pattern run for long; what exceeds the bound doesn't
/// match. Text is compared scalar by scalar: a letter and its combining accent aren't the letter with an accent.
public struct Pattern: Sendable, CustomStringConvertible {
    /// How many steps a match may take, as PCRE2's `match_limit` counts them.
    ///
    /// A match that needs more is given up: it is no match, and it is counted.
    public static let matchLimit: UInt32 = 10_000

    /// The text as it was written.
    public let text: String
    /// The names of the groups in order; nil for an unnamed one.
    package let groupNames: [String?]
    /// The expression as a tree; nil if it isn't understood (it still matches).
    let tree: ExpressionTree?
    private let expression: CompiledExpression?

    /// Compiles a pattern.
    ///
    /// - Parameter text: begins with `/`, or with a group that does.
    /// - Throws: ``PatternError`` with the place of the mistake: an expression that PCRE2 refuses, more than 63 groups, a
    ///   name that two groups of one match would share, or text that no path can have.
    public init(_ text: String) throws(PatternError) {
        if text == "*" {
            self.init(literal: text)
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") || text.utf8.first == UInt8(ascii: "(") else {
            let advice = text.utf8.first == UInt8(ascii: "^") ? "; it is anchored at both ends by itself" : ""
            throw PatternError("a pattern begins with \"/\"\(advice)", in: text, at: 0)
        }
        try self.init(text, expression: try PatternSugar.expand(text), ignoresCase: false)
        try checkText()
    }

    /// Compiles a pattern of hosts, which has no sugar and matches without regard to case (RFC 9110 §4.2.3).
    init(host text: String) throws(PatternError) {
        try self.init(text, expression: text, ignoresCase: true)
    }

    private init(_ text: String, expression source: String, ignoresCase: Bool) throws(PatternError) {
        if PatternSyntax.isLiteral(source), !ignoresCase {
            self.init(literal: text)
            return
        }
        let compiled = try CompiledExpression(source, written: text, ignoresCase: ignoresCase)
        let parsed = ExpressionParser.parse(source)
        // If PCRE2 has read other groups, the parser is mistaken, and nothing it says is to be trusted.
        let tree = parsed?.groupNames == compiled.groupNames ? parsed?.tree : nil
        if let name = tree?.repeatedName(compiled.groupNames) {
            throw PatternError("two groups are called \"\(name)\"", in: text, last: name)
        }
        self.init(text: text, groupNames: compiled.groupNames, tree: tree, expression: compiled)
    }

    private init(literal text: String) {
        self.init(text: text, groupNames: [], tree: nil, expression: nil)
    }

    private init(text: String, groupNames: [String?], tree: ExpressionTree?, expression: CompiledExpression?) {
        self.text = text
        self.groupNames = groupNames
        self.tree = tree
        self.expression = expression
    }

    /// The text with every special character escaped, so that it matches only itself.
    public static func escape(_ literal: String) -> String {
        var escaped = String.UnicodeScalarView()
        for character in literal.unicodeScalars {
            if PatternSyntax.special.contains(character) { escaped.append("\\") }
            escaped.append(character)
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
    private func isText(_ path: String) -> Bool {
        guard path.utf8.count == text.utf8.count else { return false }
        var path = path
        var text = text
        return path.withUTF8 { path in text.withUTF8 { text in path.elementsEqual(text) } }
    }

    /// Whether it is compared as text.
    var isLiteral: Bool { expression == nil }

    /// What every path begins with that this pattern matches.
    var literalPrefix: String {
        guard let expression else { return text }
        return tree?.literalPrefix ?? PatternSyntax.plainPrefix(of: expression.source)
    }

    /// The expression that is matched, with the sugar written out.
    var source: String { expression?.source ?? Pattern.escape(text) }

    /// The text as it was written.
    public var description: String { text }
}
