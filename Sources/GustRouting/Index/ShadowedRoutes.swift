/// Finds routes that never answer because an earlier one takes their paths.
enum ShadowedRoutes {
    /// A warning for each one, with a path as an example.
    static func warnings(_ entries: [RouteEntry]) -> [String] {
        var warnings: [String] = []
        for (number, entry) in entries.enumerated() where entry.host == nil {
            guard let example = PatternSample.path(for: entry.pattern.source), entry.pattern.matches(example) else {
                continue
            }
            guard let other = entries[..<number].first(where: { shadows($0, entry, example) }) else { continue }
            warnings.append("\(entry.route) is never asked for \(example): \(other.route) comes first")
        }
        return warnings
    }

    private static func shadows(_ first: RouteEntry, _ second: RouteEntry, _ example: String) -> Bool {
        guard first.host == nil, case .anything = first.route.wanted, first.pattern.matches(example) else {
            return false
        }
        // One text before an expression takes one path of many, which is how exceptions are written.
        guard !first.pattern.isLiteral || second.pattern.isLiteral else { return false }
        guard let methods = first.methods else { return true }
        guard let others = second.methods else { return false }
        return others.allSatisfy(methods.contains)
    }
}
