/// A regular expression as a tree: what routing can know of a pattern without running it.
///
/// There is a tree only for expressions whose every construct is understood (see ``ExpressionParser``), so that what is
/// said of a tree is true of its matches; for all others nothing is claimed.
struct ExpressionTree: Sendable {
    /// What stands between the `|`, in order; one for an expression without any.
    var alternatives: [[Item]]

    /// An element and how often it stands there.
    struct Item: Sendable {
        var element: Element
        /// The least and the most repetitions; no most is any number.
        var least = 1
        var most: Int? = 1
        /// The element as it was written, without its quantifier.
        var text: String
    }

    /// What an item is.
    indirect enum Element: Sendable {
        /// This character.
        case character(Unicode.Scalar)
        /// One character of several, of which some are given as examples.
        case oneOf([Unicode.Scalar])
        /// An assertion, which takes no text.
        case nothing
        /// A group whose number, if it captures, counts from 1.
        case group(number: Int?, ExpressionTree)
        /// Text of which nothing is known, such as that of a reference.
        case unknown
    }

    /// The literal text that every match begins with; maybe shorter than it could be, never longer.
    var literalPrefix: String {
        var prefix = String.UnicodeScalarView()
        prefix.append(contentsOf: literal.text)
        return String(prefix)
    }

    /// The literal beginning, and whether the tree is no more than that.
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

    /// A prefix longer than this finds no route any faster.
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
