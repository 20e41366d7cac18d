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
