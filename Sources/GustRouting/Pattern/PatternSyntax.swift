/// Properties of an expression that follow from its text alone.
enum PatternSyntax {
    /// The characters that have a special meaning in expressions.
    static let special: Set<Unicode.Scalar> = [
        "\\", "^", "$", ".", "|", "?", "*", "+", "(", ")", "[", "]", "{", "}",
    ]

    /// Whether `text` has no special characters.
    ///
    /// Compares Unicode scalars, as PCRE2 does: a `?` followed by a combining accent is still a quantifier.
    static func isLiteral(_ text: String) -> Bool {
        !text.unicodeScalars.contains { special.contains($0) }
    }

    /// Whether an expression may call one of its groups or itself.
    ///
    /// Such calls are `(?R)`, `(?1)`, `(?+1)`, `(?-1)`, `(?&name)`, `(?P>name)`, `\g<name>` and `\g'name'`
    /// (pcre2pattern(3), "GROUPS AS SUBROUTINES").
    ///
    /// The same text in comments, classes and quotations counts too.
    static func mayCallGroups(_ expression: String) -> Bool {
        let bytes = Array(expression.utf8)
        return bytes.indices.contains { index in
            let rest = bytes[index...]
            if rest.starts(with: #"\g<"#.utf8) || rest.starts(with: #"\g'"#.utf8) { return true }
            guard rest.starts(with: "(?".utf8) else { return false }
            let kind = rest.dropFirst(2)
            if ["R", "&", "P>"].contains(where: { kind.starts(with: $0.utf8) }) { return true }
            let isSigned = kind.starts(with: "+".utf8) || kind.starts(with: "-".utf8)
            let digit = isSigned ? kind.dropFirst().first : kind.first
            return digit.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        }
    }

    /// The literal text that every match begins with, for an expression without a tree: the text before its first
    /// special character.
    ///
    /// Empty if the expression has a `|`.
    static func plainPrefix(of expression: String) -> String {
        guard !expression.unicodeScalars.contains("|") else { return "" }
        let plain = expression.unicodeScalars.prefix { !special.contains($0) }
        // The last character may be optional: a quantifier, or a comment and then a quantifier, may follow.
        return String(String.UnicodeScalarView(plain.dropLast()))
    }

    /// The expression, in a non-capturing group unless text can be put before and after it safely.
    ///
    /// The group is needed if the expression has alternatives, or possibly inline options, which would apply to the
    /// text after it.
    static func grouped(_ expression: String) -> String {
        guard let parsed = ExpressionParser.parse(expression), parsed.tree.alternatives.count == 1 else {
            return "(?:\(expression))"
        }
        return expression
    }
}
