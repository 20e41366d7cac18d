/// An expression cut into literal text and groups, if it is as simple as that: what a URL can be built from.
struct PatternPieces {
    /// One piece.
    enum Piece: Equatable {
        case literal(String)
        /// A capturing group, numbered from 0; `isOptional` if it stands in `(?:…)?` or is followed by `?` or `*`.
        case group(Int)
        /// Text that may be left out, with the groups in it.
        case optional([Piece])
    }

    /// The pieces; nil if the expression has anything else outside of its groups.
    static func pieces(of expression: String) -> [Piece]? {
        guard !PatternSyntax.hasTopLevelAlternative(expression) else { return nil }
        var reader = Reader(rest: expression.unicodeScalars[...])
        return reader.read()
    }

    private struct Reader {
        var rest: Substring.UnicodeScalarView
        var groupCount = 0

        mutating func read() -> [Piece]? {
            var pieces: [Piece] = []
            while let character = rest.popFirst() {
                switch character {
                case "\\":
                    guard let escaped = rest.popFirst(), !PatternSyntax.isMeaningfulEscaped(escaped) else { return nil }
                    append(escaped, to: &pieces)
                case "(":
                    guard let piece = readGroup() else { return nil }
                    if rest.first == "?" || rest.first == "*" {
                        rest.removeFirst()
                        pieces.append(.optional(piece))
                    } else {
                        pieces += piece
                    }
                case "?":
                    // An optional character: build without it.
                    guard case .literal(var text)? = pieces.popLast(), !text.isEmpty else { return nil }
                    text.unicodeScalars.removeLast()
                    if !text.isEmpty { pieces.append(.literal(text)) }
                case _ where PatternSyntax.special.contains(character):
                    return nil
                default:
                    append(character, to: &pieces)
                }
            }
            return pieces
        }

        private func append(_ character: Unicode.Scalar, to pieces: inout [Piece]) {
            if case .literal(let text)? = pieces.last {
                pieces[pieces.count - 1] = .literal(text + String(character))
            } else {
                pieces.append(.literal(String(character)))
            }
        }

        /// Reads a group behind its opening bracket: what it captures, or what stands in it if it captures nothing.
        private mutating func readGroup() -> [Piece]? {
            guard let content = takeGroup() else { return nil }
            if content.begins(with: "?:") {
                guard !PatternSyntax.hasTopLevelAlternative(String(content.dropFirst(2))) else { return nil }
                var inner = Reader(rest: content.dropFirst(2), groupCount: groupCount)
                guard let pieces = inner.read() else { return nil }
                groupCount = inner.groupCount
                return pieces
            }
            guard content.first != "?" || Self.isNamed(content) else { return nil }
            let group = groupCount
            groupCount += 1 + Self.capturingGroups(in: content)
            return [.group(group)]
        }

        /// The text up to the bracket that closes the group.
        private mutating func takeGroup() -> Substring.UnicodeScalarView? {
            let all = rest
            var depth = 1
            var isInClass = false
            while let character = rest.popFirst() {
                switch character {
                case "\\": _ = rest.popFirst()
                case "[" where !isInClass:
                    isInClass = true
                    if rest.first == "^" { rest.removeFirst() }
                    if rest.first == "]" { rest.removeFirst() }
                case "]": isInClass = false
                case "(" where !isInClass: depth += 1
                case ")" where !isInClass:
                    depth -= 1
                    if depth == 0 { return all[..<rest.startIndex].dropLast() }
                default: break
                }
            }
            return nil
        }

        /// Whether what stands in a group gives it a name.
        private static func isNamed(_ content: Substring.UnicodeScalarView) -> Bool {
            content.begins(with: "?P<")
                || content.begins(with: "?<") && !content.begins(with: "?<=") && !content.begins(with: "?<!")
        }

        private static func capturingGroups(in content: Substring.UnicodeScalarView) -> Int {
            var count = 0
            var isInClass = false
            var rest = content
            while let character = rest.popFirst() {
                switch character {
                case "\\": _ = rest.popFirst()
                case "[": isInClass = true
                case "]": isInClass = false
                case "(" where !isInClass:
                    if rest.first != "?" || isNamed(rest) { count += 1 }
                default: break
                }
            }
            return count
        }
    }
}
