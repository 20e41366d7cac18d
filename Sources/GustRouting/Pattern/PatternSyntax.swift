/// What can be told of an expression by looking at its text.
enum PatternSyntax {
    /// The characters with a meaning of their own.
    static let special: Set<Unicode.Scalar> = [
        "\\", "^", "$", ".", "|", "?", "*", "+", "(", ")", "[", "]", "{", "}",
    ]

    /// Whether the text has no special character.
    ///
    /// Looks at scalars, as expressions do: a `?` with an accent on it is still a quantifier.
    static func isLiteral(_ text: String) -> Bool {
        !text.unicodeScalars.contains { special.contains($0) }
    }

    /// Whether an expression may call a group, or all of itself: `(?R)`, `(?1)`, `(?+1)`, `(?-1)`, `(?&name)`, `(?P>name)`,
    /// `\g<name>` and `\g'name'` (pcre2pattern(3), "GROUPS AS SUBROUTINES").
    ///
    /// Finds them in comments, classes and quotations too.
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

    /// The literal text that every match of an expression begins with that isn't understood: what stands before its first
    /// special character.
    static func plainPrefix(of expression: String) -> String {
        guard !expression.unicodeScalars.contains("|") else { return "" }
        let plain = expression.unicodeScalars.prefix { !special.contains($0) }
        // What follows may be a quantifier, or a comment with a quantifier behind it.
        return String(plain.dropLast())
    }

    /// The expression, in a group if what is put before or behind it wouldn't belong to all of it otherwise: if it has
    /// alternatives, or perhaps options, which would go on behind it.
    static func grouped(_ expression: String) -> String {
        guard let parsed = ExpressionParser.parse(expression), parsed.tree.alternatives.count == 1 else {
            return "(?:\(expression))"
        }
        return expression
    }
}
