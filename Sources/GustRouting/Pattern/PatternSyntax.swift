/// What can be told of an expression by looking at its text.
enum PatternSyntax {
    /// The characters with a meaning of their own.
    static let special: Set<Character> = ["\\", "^", "$", ".", "|", "?", "*", "+", "(", ")", "[", "]", "{", "}"]

    /// Whether the text has no special character.
    static func isLiteral(_ text: String) -> Bool {
        !text.contains { special.contains($0) }
    }

    /// The literal text that every match begins with; shorter than it might be, never longer.
    static func literalPrefix(of expression: String) -> String {
        guard !hasTopLevelAlternative(expression) else { return "" }
        var prefix: [Character] = []
        var rest = expression[...]
        while let character = rest.popFirst() {
            switch character {
            case "?", "*", "{":
                // The character before may be missing.
                if !prefix.isEmpty { prefix.removeLast() }
                return String(prefix)
            case "\\":
                // An escaped letter or digit is a class, an assertion or a reference; anything else is itself.
                guard let escaped = rest.popFirst(), !escaped.isLetter, !escaped.isNumber else { return String(prefix) }
                prefix.append(escaped)
            case _ where special.contains(character):
                return String(prefix)
            default:
                prefix.append(character)
            }
        }
        return String(prefix)
    }

    /// The expression, in a group if it has alternatives, so that what is put before or behind it belongs to all of them.
    static func grouped(_ expression: String) -> String {
        hasTopLevelAlternative(expression) ? "(?:\(expression))" : expression
    }

    /// Whether there is a `|` outside of all groups and classes.
    static func hasTopLevelAlternative(_ expression: String) -> Bool {
        var depth = 0
        var isInClass = false
        var rest = expression[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\": _ = rest.popFirst()
            case "[" where !isInClass:
                isInClass = true
                // A bracket right behind the opening is itself: `[]x]`, `[^]x]`.
                if rest.first == "^" { rest.removeFirst() }
                if rest.first == "]" { rest.removeFirst() }
            case "]": isInClass = false
            case "(" where !isInClass: depth += 1
            case ")" where !isInClass: depth -= 1
            case "|" where !isInClass && depth == 0: return true
            default: break
            }
        }
        return false
    }
}
