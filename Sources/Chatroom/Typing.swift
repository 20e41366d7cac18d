/// The notice that a person in the room has begun or stopped typing.
struct Typing: Codable, Sendable, Hashable {
    /// The nickname of the person.
    var who: String
    /// Whether the person is typing.
    var on: Bool
}
