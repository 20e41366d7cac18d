/// The mistakes that were found when routes were built.
public struct RoutesError: Error, Sendable, CustomStringConvertible {
    /// The mistakes, each with its place and the offending text underlined.
    package let problems: [String]

    /// All mistakes, separated by line breaks.
    public var description: String { problems.joined(separator: "\n") }

    /// The text about a mistake in one route: place, message, and the pattern with the offending part underlined.
    static func problem(_ message: String, _ route: Route, underlining part: String? = nil) -> String {
        let range = part.flatMap { route.pattern.firstRange(of: $0) }
        let column = range.map { route.pattern.distance(from: route.pattern.startIndex, to: $0.lowerBound) } ?? 0
        let length = part.map(\.count) ?? route.pattern.count
        return """
            \(place(route))\(message)
              \(route.pattern)
              \(String(repeating: " ", count: column))\(String(repeating: "^", count: max(1, length)))
            """
    }

    /// The text about a mistake in one route's pattern.
    static func problem(_ error: PatternError, _ route: Route) -> String { "\(place(route))\(error)" }

    private static func place(_ route: Route) -> String {
        route.source.description.isEmpty ? "" : "\(route.source): "
    }
}
