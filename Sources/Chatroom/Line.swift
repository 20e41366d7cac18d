/// What somebody said.
struct Line: Codable, Sendable, Hashable {
    /// The nickname.
    var who: String
    /// The words.
    var text: String
    /// When, in milliseconds since 1970; rising and unique in its room, so that a browser can order lines by it and
    /// recognise one that it has got twice.
    var at: Int
}
