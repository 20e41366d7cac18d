package import GustHTTP

/// A path pattern: a regular expression (PCRE2) that must match the whole path, with `/:name` as a short form.
///
/// - `(?P<name>…)` and `(?<name>…)` capture by name, `(…)` captures by position; a pattern can have both.
/// - `/:name` is short for `/(?P<name>[^/]+)`.
/// - `/:name<converter>` is short for `/(?P<name>…)` with the expression of the converter: `int`, `uuid`, `slug`, `path` or one of
///   ``Routes/converters``.
/// - `/:name?` and `/:name<converter>?` are optional segments, with their slash: `/posts/:slug?` matches `/posts` and `/posts/a`.
/// - A pattern without special characters is compared as text, without a regular expression.
///
/// A pattern is matched against ``RequestTarget/matchingPath``: the path decoded once, in which `%2F` and `%25` are
/// still encoded and empty and dot segments are kept. So write `é` and a space as themselves, a slash inside a segment
/// as `%2F` and a percent sign as `%25`.
///
/// The number of steps of a match is bounded (``matchLimit``), so that no path can keep a pattern busy for long. Text
/// is compared by Unicode scalars: a letter followed by a combining accent differs from the precomposed letter.
package struct Pattern: Sendable, CustomStringConvertible {
    /// The most steps of a match, as PCRE2's `match_limit` counts them.
    ///
    /// If a match needs more steps, the pattern doesn't match, and ``Router/matchLimitHits`` is incremented.
    package static let matchLimit: UInt32 = 10_000

    /// The pattern as it was written.
    package let text: String
    /// The names of the groups in order; nil for an unnamed group.
    package let groupNames: [String?]
    /// The expression as a tree; nil if the expression has constructs that ``ExpressionParser`` doesn't support.
    let tree: ExpressionTree?
    private let expression: CompiledExpression?
    /// The pattern in a form that is matched without the expression; nil for most patterns.
    private let rest: RestPattern?

    /// Compiles a pattern.
    ///
    /// - Parameters:
    ///   - text: the pattern; it begins with `/` or with a group, or is `*`.
    ///   - converters: expressions by the names of their converters, in addition to those that every pattern has.
    /// - Throws: ``PatternError`` with the place of the mistake: an expression that PCRE2 refuses, more than 63 groups,
    ///   a name of two groups that can participate in the same match, or text that no path can contain.
    package init(
        _ text: String,
        converters: [String: String] = [:]  // bytes: names in our own patterns
    ) throws(PatternError) {
        if text == "*" {
            self.init(literal: text)
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") || text.utf8.first == UInt8(ascii: "(") else {
            let advice = text.utf8.first == UInt8(ascii: "^") ? "; it is anchored at both ends by itself" : ""
            throw PatternError("a pattern begins with \"/\"\(advice)", in: text, at: 0)
        }
        try self.init(text, expression: try PatternSugar.expand(text, converters), ignoresCase: false)
        try checkText()
    }

    /// Compiles a pattern for hosts, which has no short form `/:name` and ignores case (RFC 9110 §4.2.3).
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
        // If the parser and PCRE2 disagree about the groups, the parser has misread the expression: its tree isn't
        // used.
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
        rest = RestPattern(tree)
    }

    /// Escapes every special character of `literal`, so that the resulting expression matches only `literal`.
    package static func escape(_ literal: String) -> String {
        var escaped = String.UnicodeScalarView()
        for character in literal.unicodeScalars {
            let beginsName = character == ":" && escaped.last == "/"
            if beginsName || PatternSyntax.special.contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return String(escaped)
    }

    /// The captures if the pattern matches all of `path`; nil if it doesn't match.
    package func match(_ path: String) -> Captures? {
        guard let expression else { return isText(path) ? Captures() : nil }
        guard let rest else { return expression.match(path) }
        var text = path
        return text.withUTF8 { bytes in
            rest.start(in: UnsafeRawBufferPointer(bytes)).map { start in
                Captures(names: groupNames, text: path) { bounds in
                    bounds.initializeElement(at: 0, to: Captures.Bounds(start, bytes.count))
                }
            }
        }
    }

    /// Whether the pattern matches all of `path`.
    package func matches(_ path: String) -> Bool {
        guard let expression else { return isText(path) }
        return expression.matches(path)
    }

    /// Whether `path` and the text have the same bytes; `String ==` would also accept canonically equivalent spellings.
    private func isText(_ path: String) -> Bool {
        path.utf8.count == text.utf8.count && path.hasSameBytes(as: text)
    }

    /// Whether the pattern is literal text and a capture of the rest of the path.
    var isRest: Bool { rest != nil }

    /// Whether the pattern is compared as text, without a regular expression.
    var isLiteral: Bool { expression == nil }

    /// A warning about a part of the expression that a short path makes backtrack until the limit of steps, with the part underlined; nil if
    /// there is no such part.
    var backtrackingWarning: PatternError? {
        guard let expression, let finding = BacktrackingLinter.finding(in: expression, tree) else { return nil }
        let example = finding.path.utf8.count > 60 ? "\(finding.path.prefix(50))…" : finding.path
        let message = """
            \(finding.reason): a path of \(finding.path.utf8.count) bytes, \(example), takes more than \(Self.matchLimit) steps and isn't \
            matched; write (?>…) or a possessive quantifier (*+, ++), or add the pattern to toleratedPatterns
            """
        return PatternError(message, in: expression.source, at: finding.range.lowerBound, length: finding.range.count)
    }

    /// The literal text that every path matched by this pattern begins with.
    var literalPrefix: String {
        guard let expression else { return text }
        return tree?.literalPrefix ?? PatternSyntax.plainPrefix(of: expression.source)
    }

    /// The regular expression, with every `/:name` expanded.
    var source: String { expression?.source ?? Pattern.escape(text) }

    /// The pattern as it was written.
    package var description: String { text }
}
