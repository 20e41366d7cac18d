/// Parsing of character classes (`[…]`).
extension ExpressionParser {
    /// Parses a character class after its `[`, and returns some of its members as examples.
    mutating func characterClass() throws(Unknown) -> ExpressionTree.Element {
        let isNegated = take("^")
        var members: [Unicode.Scalar] = []
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var isFirst = true
        while let member = rest.popFirst() {
            defer { isFirst = false }
            switch member {
            case "]" where !isFirst:
                guard isNegated else { return .oneOf(members) }
                let candidates: [Unicode.Scalar] = ["x", "1", "-", "~", "A"]
                return .oneOf(
                    candidates.filter { candidate in
                        !members.contains(candidate) && !ranges.contains { $0.contains(candidate) }
                    }
                )
            case "[" where rest.first == ":" || rest.first == "." || rest.first == "=":
                try skipPOSIXClass()
            case "\\":
                members += try escapedMembers()
            default:
                guard rest.first == "-", let last = rest.dropFirst().first, last != "]", last != "\\", last != "[",
                    member <= last
                else {
                    members.append(member)
                    continue
                }
                rest.removeFirst(2)
                members += member == last ? [member] : [member, last]
                ranges.append(member...last)
            }
        }
        throw Unknown()
    }

    private mutating func escapedMembers() throws(Unknown) -> [Unicode.Scalar] {
        guard let escaped = rest.popFirst() else { throw Unknown() }
        if let examples = Self.examples(escape: escaped) { return examples }
        guard escaped.isASCIIAlphanumeric else { return [escaped] }
        // The braces or digits after `\p`, `\P` and `\x` are parsed as further members: those are poor examples, but
        // examples are
        // checked by matching.
        guard escaped == "p" || escaped == "P" || escaped == "x" else { throw Unknown() }
        return []
    }

    /// Skips a POSIX class such as `[:alpha:]`, which yields no examples.
    private mutating func skipPOSIXClass() throws(Unknown) {
        rest.removeFirst()
        while let character = rest.popFirst() {
            if character == ":" {
                guard take("]") else { break }
                return
            }
            guard character == "^" || character.isASCIIAlphanumeric else { break }
        }
        throw Unknown()
    }
}
