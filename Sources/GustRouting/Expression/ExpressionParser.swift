import GustHTTP

/// Parses an expression in PCRE2's syntax into a tree.
///
/// Supports literal text, `\Q…\E`, classes, groups, assertions, quantifiers, conditions and alternatives. Parsing fails
/// at any construct that changes how the text around it is read: inline options, comments, verbs, `\c`, branch reset.
/// Source: pcre2pattern(3).
struct ExpressionParser {
    /// Thrown at a construct that the parser doesn't support.
    struct Unknown: Error {}

    var rest: Substring.UnicodeScalarView
    private let expression: String
    /// The names of the capturing groups parsed so far; nil for an unnamed group.
    private(set) var groupNames: [String?] = []

    private init(_ expression: String) {
        self.expression = expression
        rest = expression[...].unicodeScalars
    }

    /// The tree of `expression` and the names of its groups; nil if `expression` has an unsupported construct.
    static func parse(_ expression: String) -> (tree: ExpressionTree, groupNames: [String?])? {
        var parser = ExpressionParser(expression)
        do {
            let tree = try parser.alternatives()
            // The rest begins with an unmatched `)`. PCRE2 reports that mistake with a better message.
            return parser.rest.isEmpty ? (tree, parser.groupNames) : nil
        } catch {
            return nil
        }
    }

    private mutating func alternatives() throws(Unknown) -> ExpressionTree {
        var tree = ExpressionTree(alternatives: [try sequence()])
        while take("|") { tree.alternatives.append(try sequence()) }
        return tree
    }

    private mutating func sequence() throws(Unknown) -> [ExpressionTree.Item] {
        var items: [ExpressionTree.Item] = []
        while let first = rest.first, first != "|", first != ")" {
            let start = rest
            if takeText("\\Q") {
                items += try quoted()
            } else {
                items.append(ExpressionTree.Item(element: try element(), text: ""))
            }
            guard let last = items.indices.last else { throw Unknown() }
            if items[last].text.isEmpty { items[last].text = String(start[..<rest.startIndex]) }
            try quantify(&items[last])
            items[last].range = offset(start.startIndex)..<offset(rest.startIndex)
        }
        return items
    }

    private func offset(_ index: String.Index) -> Int {
        expression.utf8.distance(from: expression.startIndex, to: index)
    }

    /// Parses quoted characters up to `\E`.
    ///
    /// Unsupported are `\Q\E`, because a quantifier after it applies to the item before it, and `\Q` without `\E`,
    /// because text that is appended to the expression would be quoted too.
    private mutating func quoted() throws(Unknown) -> [ExpressionTree.Item] {
        var items: [ExpressionTree.Item] = []
        while !takeText("\\E") {
            guard let character = rest.popFirst() else { throw Unknown() }
            items.append(ExpressionTree.Item(element: .character(character), text: String(character)))
        }
        guard !items.isEmpty else { throw Unknown() }
        return items
    }

    private mutating func element() throws(Unknown) -> ExpressionTree.Element {
        let character = rest.removeFirst()
        switch character {
        case "\\": return try escape()
        case ".": return .oneOf(["x", "1", "-"])
        case "[": return try characterClass()
        case "(": return try group()
        case "^", "$": return .nothing
        case "*", "+", "?", "{": throw Unknown()
        default: return .character(character)
        }
    }

    private mutating func escape() throws(Unknown) -> ExpressionTree.Element {
        guard let character = rest.popFirst() else { throw Unknown() }
        if let examples = Self.examples(escape: character) {
            // `\N{U+e9}` is one character, `\N` is a class.
            if character == "N", rest.first == "{" { throw Unknown() }
            return .oneOf(examples)
        }
        switch character {
        case "b", "B", "A", "z", "Z", "G": return .nothing
        case "1"..."9":
            while let digit = rest.first, ("0"..."9").contains(digit) { rest.removeFirst() }
            return .unknown
        default:
            guard !character.isASCIIAlphanumeric else { throw Unknown() }
            return .character(character)
        }
    }

    /// Examples of the class that an escaped letter denotes; nil if the letter denotes no class.
    static func examples(escape: Unicode.Scalar) -> [Unicode.Scalar]? {
        switch escape {
        case "d": ["1", "7"]
        case "w": ["x", "1", "_"]
        case "D", "S", "N": ["x", "-"]
        case "W": ["-", "~"]
        case "s", "h", "v", "H", "V": []
        default: nil
        }
    }

    // MARK: Groups

    private mutating func group() throws(Unknown) -> ExpressionTree.Element {
        guard take("?") else { return try capturing(nil) }
        if take(":") || take(">") {
            let tree = try alternatives()
            guard take(")") else { throw Unknown() }
            return .group(number: nil, tree)
        }
        if take("=") || take("!") || takeText("<=") || takeText("<!") {
            _ = try alternatives()
            guard take(")") else { throw Unknown() }
            return .nothing
        }
        if takeText("P<") || take("<") { return try capturing(try name(upTo: ">")) }
        if take("'") { return try capturing(try name(upTo: "'")) }
        if take("(") {
            // The condition is a name, a number or an assertion; assertions are unsupported.
            guard rest.first != "?", rest.first != "*" else { throw Unknown() }
            _ = try name(upTo: ")")
            _ = try alternatives()
            guard take(")") else { throw Unknown() }
            return .unknown
        }
        throw Unknown()
    }

    private mutating func capturing(_ name: String?) throws(Unknown) -> ExpressionTree.Element {
        groupNames.append(name)
        let number = groupNames.count
        let tree = try alternatives()
        guard take(")") else { throw Unknown() }
        return .group(number: number, tree)
    }

    private mutating func name(upTo end: Unicode.Scalar) throws(Unknown) -> String {
        guard let index = rest.firstIndex(of: end) else { throw Unknown() }
        let name = String(rest[..<index])
        rest = rest[rest.index(after: index)...]
        return name
    }

    // MARK: Quantifiers

    private mutating func quantify(_ item: inout ExpressionTree.Item) throws(Unknown) {
        switch rest.first {
        case "?": (item.least, item.most) = (0, 1)
        case "*": (item.least, item.most) = (0, nil)
        case "+": (item.least, item.most) = (1, nil)
        case "{":
            (item.least, item.most) = try counts()
            _ = take("?") || take("+")
            return
        default: return
        }
        rest.removeFirst()
        _ = take("?") || take("+")
    }

    /// Parses `{n}`, `{n,}` or `{n,m}`; PCRE2's versions treat all other forms differently.
    private mutating func counts() throws(Unknown) -> (Int, Int?) {
        rest.removeFirst()
        let counts = try name(upTo: "}").pieces(on: UInt8(ascii: ","))
        guard let least = Int(counts[0]), least >= 0, counts.count <= 2 else { throw Unknown() }
        guard counts.count == 2 else { return (least, least) }
        if counts[1].isEmpty { return (least, nil) }
        guard let most = Int(counts[1]), most >= least else { throw Unknown() }
        return (least, most)
    }

    // MARK: Text

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func takeText(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest.removeFirst(text.unicodeScalars.count)
        return true
    }
}

extension Unicode.Scalar {
    /// Whether this is an ASCII letter or digit, to which a backslash can give a special meaning.
    var isASCIIAlphanumeric: Bool {
        ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self)
    }
}
