/// The acknowledgement of `join`.
struct Welcome: Codable, Sendable {
    /// The nickname, with a number appended if the requested one was taken.
    var name: String
    /// The people in the room.
    var people: People
    /// The last lines, the oldest first.
    var lines: [Line]
}
