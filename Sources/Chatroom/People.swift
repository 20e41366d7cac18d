/// Who is in a room, sent whenever that changes.
struct People: Codable, Sendable, Hashable {
    /// Rises with each change, because two loops may send their lists in the other order.
    var version: Int
    /// The nicknames, in the order in which they came.
    var names: [String]
}
