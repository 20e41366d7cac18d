/// Makes a path that an expression matches, by taking the simplest way through it.
///
/// Covers what routes are made of; for anything else there is no sample, and no claim.
enum PatternSample {
    /// A path, which the caller checks by matching it.
    static func path(for expression: String) -> String? {
        var reader = Reader(rest: expression.unicodeScalars[...])
        return reader.alternatives()
    }

    private struct Reader {
        var rest: Substring.UnicodeScalarView

        /// The first alternative; the others are skipped.
        mutating func alternatives() -> String? {
            guard let first = sequence() else { return nil }
            while rest.first == "|" {
                rest.removeFirst()
                guard sequence() != nil else { return nil }
            }
            return first
        }

        private mutating func sequence() -> String? {
            var text = ""
            while let character = rest.first, character != "|", character != ")" {
                guard let atom = atom() else { return nil }
                text += repeated(atom)
            }
            return text
        }

        private mutating func atom() -> String? {
            switch rest.removeFirst() {
            case "\\": return escape()
            case ".": return "x"
            case "[": return characterClass()
            case "(": return group()
            case "^", "$": return ""
            case let character: return PatternSyntax.special.contains(character) ? nil : String(character)
            }
        }

        private mutating func escape() -> String? {
            guard let character = rest.popFirst() else { return nil }
            switch character {
            case "d": return "1"
            case "w", "S", "D": return "x"
            case "b", "A", "z", "Z": return ""
            default: return PatternSyntax.isMeaningfulEscaped(character) ? nil : String(character)
            }
        }

        private mutating func group() -> String? {
            if rest.first == "?" {
                guard let opening = ["?:", "?P<", "?<"].first(where: rest.begins(with:)),
                    !rest.begins(with: "?<="), !rest.begins(with: "?<!")
                else { return nil }
                rest.removeFirst(opening.unicodeScalars.count)
                if opening != "?:" {
                    guard let end = rest.firstIndex(of: ">") else { return nil }
                    rest = rest[rest.index(after: end)...]
                }
            }
            guard let text = alternatives(), rest.popFirst() == ")" else { return nil }
            return text
        }

        /// The first member; of a negated class, the first common character that isn't one.
        private mutating func characterClass() -> String? {
            let isNegated = rest.first == "^"
            if isNegated { rest.removeFirst() }
            var members: [Unicode.Scalar] = []
            while let character = rest.popFirst(), character != "]" || members.isEmpty {
                if character == "\\" {
                    guard let member = escape()?.unicodeScalars.first else { return nil }
                    members.append(member)
                } else {
                    members.append(character)
                }
                if rest.first == "-", !rest.begins(with: "-]") { rest = rest.dropFirst(2) }
            }
            let member = isNegated ? ["x", "1", "-"].first { !members.contains($0) } : members.first
            return member.map { String($0) }
        }

        private mutating func repeated(_ atom: String) -> String {
            guard let quantifier = rest.first else { return atom }
            var text = atom
            switch quantifier {
            case "?", "*":
                rest.removeFirst()
                text = ""
            case "+": rest.removeFirst()
            case "{":
                let count = String(rest.dropFirst().prefix { ("0"..."9").contains($0) })
                guard let end = rest.firstIndex(of: "}"), let times = Int(count), times < 100 else { return atom }
                rest = rest[rest.index(after: end)...]
                text = String(repeating: atom, count: times)
            default: return atom
            }
            if rest.first == "?" || rest.first == "+" { rest.removeFirst() }
            return text
        }
    }
}
