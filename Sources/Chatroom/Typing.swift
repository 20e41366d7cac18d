/// Tells the others in a room that somebody is writing, or isn't any more.
struct Typing: Codable, Sendable, Hashable {
    /// The nickname.
    var who: String
    /// Whether he or she is writing.
    var on: Bool
}
