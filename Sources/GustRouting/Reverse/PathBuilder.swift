import GustHTTP

/// Builds a path that a pattern matches with given captures.
///
/// The path is built from the pattern's tree, and then checked by matching it.
struct PathBuilder {
    private let pattern: Pattern
    private let values: [String: String]  // bytes: keys are names of groups in our own patterns
    /// For each group, its key in ``values``: its name, or its number among the unnamed groups.
    private let keys: [String]

    init(_ pattern: Pattern, _ values: [String: String]) {
        self.pattern = pattern
        self.values = values
        var unnamed = 0
        keys = pattern.groupNames.map { name in
            if let name { return name }
            defer { unnamed += 1 }
            return "\(unnamed)"
        }
    }

    /// The reason why no path can be built with values for these captures, whatever the values are; nil if there is none.
    static func problem(_ pattern: Pattern, captures: some Sequence<String>) -> String? {
        let builder = PathBuilder(pattern, Dictionary(captures.map { ($0, "x") }) { $1 })
        do throws(ReverseError) {
            try builder.checkKeys()
            _ = try builder.text([])
            return nil
        } catch {
            return error.description
        }
    }

    private func checkKeys() throws(ReverseError) {
        if let useless = values.keys.sorted().first(where: { !keys.contains($0) }) {
            throw ReverseError("\(pattern) has no capture \"\(useless)\"")
        }
    }

    /// The path; as few values as possible have their slashes encoded.
    func path() throws(ReverseError) -> String {
        try checkKeys()
        var failure: ReverseError?
        for encoded in slashChoices {
            do {
                let path = try text(encoded)
                try check(path)
                return path
            } catch {
                failure = failure ?? error
            }
        }
        throw failure ?? ReverseError("no path can be built from \(pattern)")
    }

    /// The sets of values whose slashes are encoded, in the order in which they are tried: small sets first.
    private var slashChoices: [Set<String>] {  // bytes: names of groups
        let slashed = values.filter { $0.value.utf8.contains(UInt8(ascii: "/")) }.keys.sorted()
        // More than four values would make too many sets: then either none or all are encoded.
        guard slashed.count <= 4 else { return [[], Set(slashed)] }
        let choices = (0..<(1 << slashed.count)).map { bits in
            Set(slashed.indices.filter { bits & (1 << $0) != 0 }.map { slashed[$0] })
        }
        return choices.sorted { $0.count < $1.count }
    }

    private func text(_ encoded: Set<String>) throws(ReverseError) -> String {
        if pattern.isLiteral { return PathText.encode(literal: pattern.text) }
        guard let tree = pattern.tree else {
            throw ReverseError("no path can be built from \(pattern): it has inline options, comments or the like")
        }
        return try text(tree, encoded)
    }

    private func text(_ tree: ExpressionTree, _ encoded: Set<String>) throws(ReverseError) -> String {
        let asked = tree.alternatives.first { $0.contains { hasValue($0.element) } }
        // A run of literal text is encoded as a whole, because it may contain `%2F`, which is encoded already.
        var path = ""
        var literal = ""
        for item in asked ?? tree.alternatives.first ?? [] {
            if case .character(let character) = item.element {
                for _ in 0..<item.least { literal.unicodeScalars.append(character) }
                continue
            }
            path += PathText.encode(literal: literal)
            literal = ""
            guard item.least > 0 || hasValue(item.element) else { continue }
            let text = try text(item, encoded)
            for _ in 0..<max(1, item.least) { path += text }
        }
        return path + PathText.encode(literal: literal)
    }

    private func text(_ item: ExpressionTree.Item, _ encoded: Set<String>) throws(ReverseError) -> String {
        switch item.element {
        case .nothing, .character: return ""
        case .group(let number?, let inner):
            let key = keys[number - 1]
            if let value = values[key] {
                return PathText.encode(value: value, keepsSlashes: !encoded.contains(key))
            }
            guard hasValue(item.element) || inner.alternatives.allSatisfy(\.isEmpty) else {
                throw ReverseError("a value for \"\(key)\" is missing for \(pattern)")
            }
            return try text(inner, encoded)
        case .group(nil, let inner): return try text(inner, encoded)
        case .oneOf, .unknown:
            throw ReverseError("no path can be built from \(pattern): \(item.text) can match several texts")
        }
    }

    /// Whether there is a value for a group in `element`.
    private func hasValue(_ element: ExpressionTree.Element) -> Bool {
        guard case .group(let number, let tree) = element else { return false }
        if let number, values[keys[number - 1]] != nil { return true }
        return tree.alternatives.contains { $0.contains { hasValue($0.element) } }
    }

    /// Throws unless clients send `path` unchanged, the pattern matches it, and the captures equal the values.
    private func check(_ path: String) throws(ReverseError) {
        guard !path.hasBytePrefix("//") else { throw ReverseError("\(path) would be read as the URL of another host") }
        let segments = path.pieces(on: UInt8(ascii: "/"))
        if let dots = segments.first(where: { $0.hasSameBytes(as: ".") || $0.hasSameBytes(as: "..") }) {
            throw ReverseError("clients remove the segment \(dots) from \(path)")
        }
        guard let target = RequestTarget(path), let captures = pattern.match(target.matchingPath) else {
            throw ReverseError("\(path) doesn't match \(pattern): a value doesn't match its capture")
        }
        for (index, key) in keys.enumerated() {
            guard let value = values[key] else { continue }
            // If several groups have the same name, only one of them participates in the match.
            let captured = captures.value(index) ?? captures[key]
            guard let captured, captured.utf8.elementsEqual(value.utf8) else {
                throw ReverseError(
                    "\(pattern) reads \"\(key)\" from \(path) as \"\(captured ?? "")\", not as \"\(value)\""
                )
            }
        }
    }
}
