import GustHTTP

/// Finds expressions that a short path makes backtrack until the limit of steps is reached.
///
/// A part of an expression is suspected because of its form: a repetition inside of a repetition, alternatives inside of a repetition, or
/// two repetitions behind each other. Then paths are matched that repeat what the part matches. Only if one of them reaches the limit, there
/// is a finding, with this path. So no expression is reported that PCRE2 matches quickly, for example because it makes a quantifier
/// possessive by itself.
struct BacktrackingLinter {
    /// A dangerous part of an expression.
    struct Finding: Equatable, Sendable {  // bytes: text for people
        /// What makes the part dangerous.
        let reason: String
        /// The part, in bytes of the expression.
        let range: Range<Int>
        /// A path with which the limit is reached.
        let path: String
    }

    /// The most bytes that a path repeats.
    private static let pumpedLength = 512
    /// The repetitions that an exponential expression needs; the steps of others hardly grow.
    private static let fewRepetitions = 40
    /// Endings with which the repeated text is probably not matched.
    private static let endings = ["", "!", "/", "~", "/~", "!/"]

    private let expression: CompiledExpression
    /// All characters that the expression may require: PCRE2 refuses a path without them at once.
    private let required: String
    private var suspects: [Suspect] = []

    /// A part that may be dangerous.
    private struct Suspect {
        let reason: String
        let range: Range<Int>
        /// Texts that the expression before the part matches.
        let beginnings: [String]
        /// Texts to be repeated.
        let pumps: [String]
    }

    /// An item that is repeated any number of times, and what is before it.
    private struct Repetition {
        let item: ExpressionTree.Item
        let beginnings: [String]
    }

    /// The first dangerous part; nil if there is none.
    ///
    /// An expression without a tree is tested with texts that consist of its characters, and is reported as a whole.
    static func finding(in expression: CompiledExpression, _ tree: ExpressionTree?) -> Finding? {
        var linter = BacktrackingLinter(expression, required: tree?.literalRuns.joined() ?? characters(of: expression))
        if let tree {
            var repetitions: [Repetition] = []
            _ = linter.visit(tree, [""], &repetitions)
        } else {
            linter.suspectAll()
        }
        return linter.suspects.lazy.compactMap(linter.finding).first
    }

    private init(_ expression: CompiledExpression, required: String) {
        self.expression = expression
        self.required = required
    }

    /// The characters of an expression without those that have a special meaning.
    private static func characters(of expression: CompiledExpression) -> String {
        String(
            String.UnicodeScalarView(expression.source.unicodeScalars.filter { !PatternSyntax.special.contains($0) })
        )
    }

    // MARK: Suspicion

    /// Collects the suspects of a tree, and returns the texts that the tree matches, each behind one of `beginnings`.
    private mutating func visit(
        _ tree: ExpressionTree,
        _ beginnings: [String],
        _ repetitions: inout [Repetition]
    ) -> [String] {
        var endings: [String] = []
        let before = repetitions
        for items in tree.alternatives {
            var inside = before
            endings += visit(items, beginnings, &inside)
            repetitions += inside.dropFirst(before.count)
        }
        return Array(endings.prefix(2))
    }

    private mutating func visit(
        _ items: [ExpressionTree.Item],
        _ beginnings: [String],
        _ repetitions: inout [Repetition]
    ) -> [String] {
        var beginnings = beginnings
        for item in items {
            if case .group(_, let inner) = item.element {
                var inside = item.isRepeated ? [] : repetitions
                _ = visit(inner, beginnings, &inside)
                if !item.isRepeated { repetitions = inside }
            }
            if item.isRepeated { suspect(item, beginnings, &repetitions) }
            let tree = ExpressionTree(alternatives: [[item]])
            // If no text is known for the item, the text of the expression behind it isn't known either.
            beginnings = beginnings.enumerated().compactMap { number, text in tree.sample(number).map { text + $0 } }
        }
        return beginnings
    }

    private mutating func suspect(
        _ item: ExpressionTree.Item,
        _ beginnings: [String],
        _ repetitions: inout [Repetition]
    ) {
        guard !beginnings.isEmpty else { return }
        let pumps = item.pumps
        let starts = beginnings.count == 1 ? beginnings + beginnings : beginnings
        if case .group(_, let tree) = item.element {
            if tree.hasVariableItem {
                let reason = "a repeated group repeats its content in more than one way"
                suspects.append(Suspect(reason: reason, range: item.range, beginnings: beginnings, pumps: pumps))
            } else if tree.hasAlternatives {
                let reason = "alternatives of a repeated group match the same text"
                suspects.append(Suspect(reason: reason, range: item.range, beginnings: beginnings, pumps: pumps))
            }
        }
        for earlier in repetitions {
            // What is between two repetitions may be the text to repeat, as in `.*/.*/x`.
            let between = zip(starts, earlier.beginnings).compactMap { text, start in
                text.hasBytePrefix(start) ? String(decoding: text.utf8.dropFirst(start.utf8.count), as: UTF8.self) : nil
            }
            suspects.append(
                Suspect(
                    reason: "repetitions behind each other match the same text",
                    range: earlier.item.range.lowerBound..<item.range.upperBound,
                    beginnings: earlier.beginnings,
                    pumps: earlier.item.pumps + pumps + between.filter { !$0.isEmpty }
                )
            )
        }
        repetitions.append(Repetition(item: item, beginnings: starts))
    }

    /// Suspects the whole of an expression without a tree.
    private mutating func suspectAll() {
        let quantifiers = expression.source.utf8.count { byte in
            byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "{")
        }
        guard quantifiers > 1 else { return }
        let distinct = Set(required.unicodeScalars).union(["a", "1", "-", "/"]).sorted()
        suspects = [
            Suspect(
                reason: "the expression matches the same text in more than one way",
                range: 0..<expression.source.utf8.count,
                beginnings: [PatternSyntax.plainPrefix(of: expression.source), "/"],
                pumps: distinct.map { String($0) }
            )
        ]
    }

    // MARK: Proof

    private func finding(_ suspect: Suspect) -> Finding? {
        let endings =
            Self.endings
            + ["", "!", "/"].flatMap { before in ["", "!", "/"].map { before + required + $0 } }
        for pump in Set(suspect.pumps).sorted() where !pump.isEmpty {
            for beginning in Set(suspect.beginnings).sorted() {
                for count in [Self.fewRepetitions, Self.pumpedLength / pump.utf8.count] {
                    let pumped = beginning + String(repeating: pump, count: count)
                    let path = endings.lazy.map { pumped + $0 }.first(where: expression.exceedsMatchLimit)
                    guard let path else { continue }
                    return Finding(reason: suspect.reason, range: suspect.range, path: path)
                }
            }
        }
        return nil
    }
}

extension ExpressionTree {
    /// Whether an item in the tree, at any depth, can match texts of several lengths.
    fileprivate var hasVariableItem: Bool {
        alternatives.joined().contains { item in
            if item.most != item.least, item.most.map({ $0 > 1 }) ?? true { return true }
            guard case .group(_, let tree) = item.element else { return item.most != item.least }
            return item.most != item.least || tree.hasVariableItem
        }
    }

    /// Whether a group in the tree, at any depth, or the tree itself has alternatives.
    fileprivate var hasAlternatives: Bool {
        alternatives.count > 1
            || alternatives.joined().contains { item in
                guard case .group(_, let tree) = item.element else { return false }
                return tree.hasAlternatives
            }
    }

    /// Examples of single characters in the tree, at any depth.
    fileprivate var characters: [String] {
        alternatives.joined().flatMap { item -> [String] in
            switch item.element {
            case .character(let character): [String(character)]
            case .oneOf(let examples): examples.map { String($0) }
            case .group(_, let tree): tree.characters
            case .nothing, .unknown: []
            }
        }
    }
}

extension ExpressionTree.Item {
    /// Whether the item is repeated so often that the steps of a match can add up.
    fileprivate var isRepeated: Bool { most.map { $0 >= 50 && $0 > least } ?? true }

    /// Texts whose repetition the item may match.
    fileprivate var pumps: [String] {
        let one = ExpressionTree(alternatives: [[Self(element: element, text: text)]])
        return Array(one.characters.prefix(12)) + one.samples
    }
}
