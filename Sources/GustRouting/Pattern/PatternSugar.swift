/// Writes `/:name` out as `/(?P<name>[^/]+)`.
enum PatternSugar {
    /// The pattern without sugar; `/:` in a character class is no sugar.
    static func expand(_ text: String) throws(PatternError) -> String {
        guard text.contains("/:") else { return text }
        var expanded = ""
        var rest = text[...]
        var isInClass = false
        while let character = rest.popFirst() {
            expanded.append(character)
            switch character {
            case "\\":
                // An escaped slash may begin sugar; an escaped bracket opens no class.
                guard let escaped = rest.first, escaped != "/" else { continue }
                expanded.append(escaped)
                rest.removeFirst()
            case "[" where !isInClass:
                isInClass = true
                // A bracket right behind the opening is itself: `[]x]`, `[^]x]`.
                for first: Character in ["^", "]"] where rest.first == first { expanded.append(rest.removeFirst()) }
            case "]": isInClass = false
            case "/" where !isInClass && rest.first == ":":
                rest.removeFirst()
                let name = try name(at: rest, of: text)
                expanded += "(?P<\(name)>[^/]+)"
                rest = rest[name.endIndex...]
            default: break
            }
        }
        return expanded
    }

    private static func name(at rest: Substring, of text: String) throws(PatternError) -> Substring {
        let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
        guard let first = name.first, !first.isNumber else {
            throw PatternError(
                "a name is needed after \"/:\" (letters, digits and _, no digit in front)",
                in: text,
                at: text.utf8.distance(from: text.startIndex, to: rest.startIndex)
            )
        }
        return name
    }
}
