/// What can be told of an expression by looking at its text.
///
/// Scalar by scalar, as PCRE2 reads it: as a `Character`, a bracket with a combining mark behind it would be no bracket.
enum PatternSyntax {
    /// The characters with a meaning of their own.
    static let special: Set<Unicode.Scalar> = ["\\", "^", "$", ".", "|", "?", "*", "+", "(", ")", "[", "]", "{", "}"]

    /// Whether the text has no special character.
    static func isLiteral(_ text: String) -> Bool {
        !text.unicodeScalars.contains { special.contains($0) }
    }

    /// The literal text that every match begins with; shorter than it might be, never longer.
    static func literalPrefix(of expression: String) -> String {
        guard !hasTopLevelAlternative(expression) else { return "" }
        var prefix = String.UnicodeScalarView()
        var rest = expression.unicodeScalars[...]
        while let character = rest.popFirst() {
            switch character {
            case "?", "*", "{":
                // The character before may be missing.
                if !prefix.isEmpty { prefix.removeLast() }
                return String(prefix)
            case "\\":
                // An escaped letter or digit is a class, an assertion or a reference; anything else is itself.
                guard let escaped = rest.popFirst(), !isMeaningfulEscaped(escaped) else { return String(prefix) }
                prefix.append(escaped)
            case _ where special.contains(character):
                return String(prefix)
            default:
                prefix.append(character)
            }
        }
        return String(prefix)
    }

    /// Whether a backslash in front gives the scalar a meaning, as it does to ASCII letters and digits (pcre2pattern(3)).
    static func isMeaningfulEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: false
        }
    }

    /// The expression, in a group if it has alternatives, so that what is put before or behind it belongs to all of them.
    static func grouped(_ expression: String) -> String {
        hasTopLevelAlternative(expression) ? "(?:\(expression))" : expression
    }

    /// What makes the text hard to read: comments, verbs, callouts, quotes, control characters, POSIX classes, and the flag
    /// `x`, which makes comments of more.
    private static func isObscure(_ expression: String) -> Bool {
        var rest = expression.unicodeScalars[...]
        while !rest.isEmpty {
            if ["(?#", "(*", "(?C", "\\Q", "\\E", "\\c", "[:"].contains(where: rest.begins(with:)) { return true }
            if rest.begins(with: "(?"), rest.dropFirst(2).prefix(while: isFlag).contains("x") { return true }
            rest.removeFirst()
        }
        return false
    }

    private static func isFlag(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "^" || scalar == "-" || isMeaningfulEscaped(scalar)
    }

    /// Whether there is a `|` outside of all groups and classes, or may be one because the expression is hard to read.
    static func hasTopLevelAlternative(_ expression: String) -> Bool {
        guard !isObscure(expression) else { return true }
        var depth = 0
        var isInClass = false
        var rest = expression.unicodeScalars[...]
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

extension Substring.UnicodeScalarView {
    /// Whether the scalars begin with those of `text`.
    func begins(with text: String) -> Bool { starts(with: text.unicodeScalars) }
}
