/// A line that somebody said.
struct Line: Codable, Sendable {
    var who: String
    var text: String
    /// Milliseconds since 1970.
    var at: Int
}

/// What somebody gets who joins.
struct Welcome: Encodable, Sendable {
    var name: String
    var people: [String]
    var lines: [Line]
}

/// Somebody types, or stopped.
struct Typing: Codable, Sendable {
    var who: String
    var on: Bool
}
