import GustHTTP

/// Mistakes that PCRE2 doesn't report.
extension Pattern {
    /// The error in a prefix of patterns that isn't a valid pattern by itself, even if it is valid with a route's
    /// pattern appended.
    static func mistake(
        prefix: String,
        _ converters: [String: String]  // bytes: names in our own patterns
    ) -> PatternError? {
        do throws(PatternError) {
            _ = try Pattern(prefix, converters: converters)
            return nil
        } catch {
            return error
        }
    }

    /// Throws if the pattern has literal text that no path can contain: a `%` that isn't the start of `%25` or `%2F`.
    ///
    /// Paths are decoded before they are matched.
    func checkText() throws(PatternError) {
        var runs: [String]
        if let tree {
            runs = tree.literalRuns
        } else if isLiteral, text != "*" {
            runs = [text]
        } else {
            return
        }
        runs = runs.filter { $0.utf8.contains(UInt8(ascii: "%")) }
        for run in runs {
            for escape in run.pieces(on: UInt8(ascii: "%")).dropFirst() {
                // A `%` at the end of a run may be completed by an element that isn't literal, so it is accepted.
                guard escape.utf8.count > 1 || isLiteral, !escape.hasBytePrefix("25"),
                    !escape.hasBytePrefix("2F")
                else {
                    continue
                }
                throw PatternError(
                    "paths are decoded before they are matched, except %2F and %25 in upper case: write the character",
                    in: text,
                    last: "%\(escape.prefix(2))"
                )
            }
        }
    }
}

extension ExpressionTree {
    /// A name of two groups that can participate in the same match; groups of different alternatives can't.
    func repeatedName(_ names: [String?]) -> String? {
        var repeated: String?
        _ = Self.names(of: self, names, &repeated)
        return repeated
    }

    private static func names(of tree: ExpressionTree, _ names: [String?], _ repeated: inout String?) -> Set<String> {
        var all: Set<String> = []  // bytes: names of groups in our own patterns
        for alternative in tree.alternatives {
            var here: Set<String> = []  // bytes: as above
            for case .group(let number, let inner) in alternative.lazy.map(\.element) {
                var inside = Self.names(of: inner, names, &repeated)
                if let number, let name = names[number - 1], !inside.insert(name).inserted { repeated = name }
                if let name = inside.first(where: here.contains) { repeated = name }
                here.formUnion(inside)
            }
            all.formUnion(here)
        }
        return all
    }

    /// The runs of literal characters in the tree, each as long as possible.
    var literalRuns: [String] {
        alternatives.flatMap { items in
            var runs = [""]
            for item in items {
                switch item.element {
                case .character(let character) where item.least == 1 && item.most == 1:
                    runs[runs.count - 1].unicodeScalars.append(character)
                case .group(_, let tree): runs += tree.literalRuns + [""]
                case .character, .oneOf, .nothing, .unknown: runs.append("")
                }
            }
            return runs
        }
    }
}
