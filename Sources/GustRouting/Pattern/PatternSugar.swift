/// Expands the short forms of captures: `/:name`, `/:name<converter>`, and both with `?`.
///
/// `/:name` becomes `/(?P<name>[^/]+)`; with a converter, its expression stands in place of `[^/]+`; with `?`, the segment is optional
/// together with its slash.
struct PatternSugar {
    private let text: String
    private let converters: [String: String]  // bytes: names in our own patterns
    private var rest: Substring.UnicodeScalarView
    private var expanded = String.UnicodeScalarView()
    /// Whether everything so far is optional, so that the expansion would match the empty text instead of `/`.
    private var isOptional = true
    /// Whether the last thing is an optional segment.
    private var endsOptionally = false

    /// The pattern with every short form expanded, except in character classes and between `\Q` and `\E`.
    ///
    /// - Parameters:
    ///   - text: the pattern.
    ///   - converters: expressions by the names of converters, in addition to those that every pattern has.
    /// - Returns: the expression.
    /// - Throws: ``PatternError`` with the place of the mistake.
    static func expand(
        _ text: String,
        _ converters: [String: String] = [:]  // bytes: names in our own patterns
    ) throws(PatternError) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return text }
        var sugar = PatternSugar(text, converters)
        try sugar.expand()
        let expanded = String(sugar.expanded)
        return sugar.isOptional ? "(?:/|\(expanded))" : expanded
    }

    private init(_ text: String, _ converters: [String: String]) {  // bytes: names in our own patterns
        self.text = text
        self.converters = converters
        rest = text[...].unicodeScalars
    }

    private mutating func expand() throws(PatternError) {
        var isInClass = false
        while let character = rest.popFirst() {
            if character == "/", !isInClass, rest.first == ":" {
                try expandParameter()
                continue
            }
            isOptional = false
            endsOptionally = false
            expanded.append(character)
            switch character {
            case "\\":
                // An escaped slash may begin `/:name`; an escaped bracket begins no class.
                guard let escaped = rest.first, escaped != "/" else { continue }
                expanded.append(rest.removeFirst())
                if escaped == "Q" { copyQuotation() }
            case "[" where !isInClass:
                isInClass = true
                // A `]` at the beginning of a class is a member: `[]x]`, `[^]x]`.
                for first: Unicode.Scalar in ["^", "]"] where rest.first == first {
                    expanded.append(rest.removeFirst())
                }
            case "]": isInClass = false
            default: break
            }
        }
    }

    private mutating func copyQuotation() {
        while let quoted = rest.popFirst() {
            expanded.append(quoted)
            guard quoted == "\\", rest.first == "E" else { continue }
            expanded.append(rest.removeFirst())
            return
        }
    }

    /// Expands a capture after the slash at its beginning.
    private mutating func expandParameter() throws(PatternError) {
        let start = rest.startIndex
        rest.removeFirst()
        let name = try takeName()
        let expression = try takeConverter() ?? "[^/]+"
        let capture = "/(?P<\(name)>\(expression))"
        guard rest.first == "?" else {
            guard !endsOptionally else {
                throw error(
                    "after an optional segment, a capture must be optional too: it is unclear which of the two a segment is for",
                    from: start
                )
            }
            isOptional = false
            expanded.append(contentsOf: capture.unicodeScalars)
            return
        }
        let mark = rest.startIndex
        rest.removeFirst()
        guard endsSegment else {
            throw error(
                "\"?\" makes a whole segment optional: it must be the last character of the segment",
                from: mark
            )
        }
        endsOptionally = true
        expanded.append(contentsOf: "(?:\(capture))?".unicodeScalars)
    }

    private mutating func takeName() throws(PatternError) -> String {
        let name = rest.prefix { $0 == "_" || $0.isASCIIAlphanumeric }
        guard let first = name.first, !("0"..."9").contains(first) else {
            throw PatternError(
                "\"/:\" must be followed by a name: letters, digits and _, not beginning with a digit",
                in: text,
                at: offset(rest.startIndex)
            )
        }
        rest = rest[name.endIndex...]
        return String(name)
    }

    /// The expression of a converter in angle brackets; nil if there is none.
    private mutating func takeConverter() throws(PatternError) -> String? {
        guard rest.first == "<" else { return nil }
        let start = rest.startIndex
        guard let end = rest.firstIndex(where: { $0 == ">" }) else {
            rest = rest[rest.endIndex...]
            throw error("a \">\" is missing behind the name of the converter", from: start)
        }
        let name = String(rest[rest.index(after: start)..<end])
        rest = rest[rest.index(after: end)...]
        if let expression = PatternConverters.standard[name] { return expression }
        guard let expression = converters[name] else {
            let names = (Array(PatternConverters.standard.keys) + converters.keys).sorted().joined(separator: ", ")
            throw error("there is no converter \"\(name)\", but there are: \(names)", from: start)
        }
        if let problem = PatternConverters.problem(with: expression) {
            throw error("the converter \"\(name)\" (\(expression)) can't be used: \(problem)", from: start)
        }
        return expression
    }

    /// Whether the rest begins a new segment, or a group that does, or ends the pattern or the alternative.
    private var endsSegment: Bool {
        var rest = rest
        if rest.first == "(" {
            rest.removeFirst()
            if rest.first == "?" {
                let end = rest.first { $0 == ":" || $0 == ">" }.flatMap { rest.firstIndex(of: $0) }
                rest = rest[(end.map { rest.index(after: $0) } ?? rest.endIndex)...]
            }
            return rest.first == "/"
        }
        return rest.first.map { ["/", "|", ")"].contains($0) } ?? true
    }

    /// A mistake in the text from `start` up to the rest.
    private func error(_ message: String, from start: String.Index) -> PatternError {
        let length = text.utf8.distance(from: start, to: rest.startIndex)
        return PatternError(message, in: text, at: offset(start), length: length)
    }

    private func offset(_ index: String.Index) -> Int { text.utf8.distance(from: text.startIndex, to: index) }
}
