/// A regular expression as a tree: what routing can derive from a pattern without running it.
///
/// There is a tree only for an expression whose every construct is supported (see ``ExpressionParser``). So whatever is
/// derived from a tree holds for all matches of its expression.
struct ExpressionTree: Sendable {
    /// The alternatives that `|` separates, in order; an expression without `|` has one.
    var alternatives: [[Item]]

    /// An element and how often it is repeated.
    struct Item: Sendable {
        var element: Element
        /// The least and the most repetitions; if `most` is nil, there is no upper bound.
        var least = 1
        var most: Int? = 1
        /// The element as it was written, without its quantifier.
        var text: String
        /// The place of the element and its quantifier, in bytes of the expression.
        var range = 0..<0
    }

    /// What an item is.
    indirect enum Element: Sendable {
        /// Exactly this character.
        case character(Unicode.Scalar)
        /// One character of a class; the array holds some of them as examples.
        case oneOf([Unicode.Scalar])
        /// An assertion, which matches the empty string.
        case nothing
        /// A group; the number of a capturing group counts from 1, a group that doesn't capture has none.
        case group(number: Int?, ExpressionTree)
        /// Any text, such as that of a back reference.
        case unknown
    }

    /// The literal text that every match begins with; it may be shorter than possible, never longer.
    var literalPrefix: String {
        var prefix = String.UnicodeScalarView()
        prefix.append(contentsOf: literal.text)
        return String(prefix)
    }

    /// The literal text that every match begins with, and whether every match is exactly that text.
    private var literal: (text: [Unicode.Scalar], isAll: Bool) {
        let beginnings = alternatives.map(Self.literal)
        guard var common = beginnings.first else { return ([], false) }
        for other in beginnings.dropFirst() {
            let length = zip(common.text, other.text).prefix { $0 == $1 }.count
            let isSame = length == common.text.count && length == other.text.count
            common = (Array(common.text.prefix(length)), isSame && common.isAll && other.isAll)
        }
        return common
    }

    /// The length at which a literal prefix stops growing, in Unicode scalars; a longer one wouldn't make routing
    /// faster.
    private static let enough = 200

    private static func literal(_ items: [Item]) -> (text: [Unicode.Scalar], isAll: Bool) {
        var text: [Unicode.Scalar] = []
        for item in items {
            let one: (text: [Unicode.Scalar], isAll: Bool)
            switch item.element {
            case .character(let character): one = ([character], true)
            case .nothing: continue
            case .group(_, let tree): one = tree.literal
            case .oneOf, .unknown: return (text, false)
            }
            guard item.least > 0 else { return (text, false) }
            guard one.isAll else { return (text + one.text, false) }
            for _ in 0..<item.least {
                guard text.count < enough else { return (text, false) }
                text += one.text
            }
            guard item.most == item.least else { return (text, false) }
        }
        return (text, true)
    }
}
