/// Expands `/:name` to `/(?P<name>[^/]+)`.
enum PatternSugar {
    /// The pattern with every `/:name` expanded, except in character classes and between `\Q` and `\E`.
    static func expand(_ text: String) throws(PatternError) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return text }
        var expanded = String.UnicodeScalarView()
        var rest = text[...].unicodeScalars
        var isInClass = false
        while let character = rest.popFirst() {
            expanded.append(character)
            switch character {
            case "\\":
                // An escaped slash may begin `/:name`; an escaped bracket begins no class.
                guard let escaped = rest.first, escaped != "/" else { continue }
                expanded.append(rest.removeFirst())
                guard escaped == "Q" else { continue }
                while let quoted = rest.popFirst() {
                    expanded.append(quoted)
                    guard quoted == "\\", rest.first == "E" else { continue }
                    expanded.append(rest.removeFirst())
                    break
                }
            case "[" where !isInClass:
                isInClass = true
                // A `]` at the beginning of a class is a member: `[]x]`, `[^]x]`.
                for first: Unicode.Scalar in ["^", "]"] where rest.first == first {
                    expanded.append(rest.removeFirst())
                }
            case "]": isInClass = false
            case "/" where !isInClass && rest.first == ":":
                rest.removeFirst()
                let name = try name(at: rest, of: text)
                expanded.append(contentsOf: "(?P<\(String(name))>[^/]+)".unicodeScalars)
                rest = rest[name.endIndex...]
            default: break
            }
        }
        return String(expanded)
    }

    private static func name(
        at rest: Substring.UnicodeScalarView,
        of text: String
    ) throws(PatternError) -> Substring.UnicodeScalarView {
        let name = rest.prefix { $0 == "_" || $0.isASCIIAlphanumeric }
        guard let first = name.first, !("0"..."9").contains(first) else {
            throw PatternError(
                "\"/:\" must be followed by a name: letters, digits and _, not beginning with a digit",
                in: text,
                at: text.utf8.distance(from: text.startIndex, to: rest.startIndex)
            )
        }
        return name
    }
}
