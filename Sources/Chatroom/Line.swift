/// A line of the conversation.
struct Line: Codable, Sendable, Hashable {
    /// The nickname of the author.
    var who: String
    /// The text of the line.
    var text: String
    /// The time in milliseconds since 1970.
    ///
    /// Times increase strictly within a room, so that a browser can sort lines by time and recognise duplicates.
    var at: Int
}
