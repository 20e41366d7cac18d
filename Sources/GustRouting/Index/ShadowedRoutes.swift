import HTTPTypes

/// Finds routes that are never reached because an earlier route matches their paths.
enum ShadowedRoutes {
    /// An error message for each route with the same pattern as an earlier route that also covers its methods and its
    /// host.
    static func repetitions(_ entries: [RouteEntry]) -> [String] {
        var earlier: [[String]: [RouteEntry]] = [:]
        var problems: [String] = []
        for entry in entries {
            let key = [entry.route.host ?? "", entry.pattern.source]
            if let other = earlier[key]?.first(where: { comesBefore($0, entry) }) {
                problems.append(
                    RoutesError.problem("\(other.route.description) is registered already\(other.place)", entry.route)
                )
            }
            earlier[key, default: []].append(entry)
        }
        return problems
    }

    /// A warning for each route that is probably never reached, with a path as an example.
    ///
    /// The warning is a guess: an earlier route that matches all of a few sample paths probably matches every path of
    /// the route. `index` has the prefixes of the entries; comparing each route with all earlier ones would take minutes for 50,000 routes.
    static func warnings(_ entries: [RouteEntry], _ index: RouteIndex) -> [String] {
        var warnings: [String] = []
        for (number, entry) in entries.enumerated() {
            let samples = samples(of: entry.pattern)
            guard let example = samples.first else { continue }
            let earlier = index.candidates(for: example).lazy.prefix { $0 < number }.map { entries[$0] }
            let other = earlier.first { other in
                comesBefore(other, entry) && samples.allSatisfy(other.pattern.matches)
            }
            guard let other else { continue }
            warnings.append(
                "\(entry.route.description)\(entry.place) is never reached for \(example): "
                    + "\(other.route.description)\(other.place) matches first"
            )
        }
        return warnings
    }

    private static func samples(of pattern: Pattern) -> [String] {
        if pattern.isLiteral { return [pattern.text] }
        return pattern.tree?.samples.filter(pattern.matches) ?? []
    }

    /// Whether `first`, if its pattern matches, answers for every host and method that `second` answers for.
    private static func comesBefore(_ first: RouteEntry, _ second: RouteEntry) -> Bool {
        // Whether a route with a tail or with conditions matches depends on more than its pattern.
        guard case .anything = first.route.wanted, first.route.tail == nil || second.route.tail != nil,
            first.route.conditions.isEmpty
        else {
            return false
        }
        guard first.host == nil || first.host?.text == second.host?.text else { return false }
        guard let methods = first.methods else { return true }
        return second.route.methods?.allSatisfy(methods.contains) ?? false
    }
}

extension RouteEntry {
    /// The place where the route was registered, in parentheses; empty if it is unknown.
    fileprivate var place: String { route.source.description.isEmpty ? "" : " (\(route.source))" }
}
