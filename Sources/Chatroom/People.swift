/// The people in a room, sent whenever they change.
struct People: Codable, Sendable, Hashable {
    /// A number that increases with each change, because lists that are sent on two loops may arrive in the wrong
    /// order.
    var version: Int
    /// The nicknames, in the order in which their owners joined.
    var names: [String]
}
