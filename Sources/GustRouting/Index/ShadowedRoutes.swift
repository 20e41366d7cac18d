import HTTPTypes

/// Finds routes that never answer because an earlier one takes their paths.
enum ShadowedRoutes {
    /// A mistake for each route that says again what an earlier one has said.
    static func repetitions(_ entries: [RouteEntry]) -> [String] {
        var earlier: [[String]: [RouteEntry]] = [:]
        var problems: [String] = []
        for entry in entries {
            let key = [entry.route.host ?? "", entry.pattern.source]
            if let other = earlier[key]?.first(where: { comesBefore($0, entry) }) {
                problems.append(RoutesError.problem("\(other.route) answers already\(other.place)", entry.route))
            }
            earlier[key, default: []].append(entry)
        }
        return problems
    }

    /// A warning for each route that is never asked, with a path as an example.
    ///
    /// It is a guess from a few paths that the route would match: an earlier route that takes all of them takes probably
    /// everything.
    static func warnings(_ entries: [RouteEntry]) -> [String] {
        var warnings: [String] = []
        for (number, entry) in entries.enumerated() {
            let samples = samples(of: entry.pattern)
            guard let example = samples.first else { continue }
            let other = entries[..<number].first { other in
                comesBefore(other, entry) && samples.allSatisfy(other.pattern.matches)
            }
            guard let other else { continue }
            warnings.append(
                "\(entry.route)\(entry.place) is never asked for \(example): \(other.route)\(other.place) comes first"
            )
        }
        return warnings
    }

    private static func samples(of pattern: Pattern) -> [String] {
        if pattern.isLiteral { return [pattern.text] }
        return pattern.tree?.samples.filter(pattern.matches) ?? []
    }

    /// Whether `first` answers whatever it matches, for every host and method that `second` is for.
    private static func comesBefore(_ first: RouteEntry, _ second: RouteEntry) -> Bool {
        // What a pattern with a tail takes depends on more than the path.
        guard case .anything = first.route.wanted, first.route.tail == nil || second.route.tail != nil else {
            return false
        }
        guard first.host == nil || first.host?.text == second.host?.text else { return false }
        guard let methods = first.methods else { return true }
        return second.route.methods?.allSatisfy(methods.contains) ?? false
    }
}

extension RouteEntry {
    /// Where it was registered, in brackets.
    fileprivate var place: String { route.source.description.isEmpty ? "" : " (\(route.source))" }
}
