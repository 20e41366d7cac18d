/// What the servers know about somebody in a room.
struct Person: Codable, Sendable {
    /// The nickname, which nobody else in the room has.
    var name: String
}
