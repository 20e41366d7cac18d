/// What nodes tell each other about their members, as an event between servers.
struct PresenceMessage<Details: Codable & Sendable>: Codable, Sendable {
    enum Kind: String, Codable, Sendable {
        /// A node that begins; it wants the members of the others.
        case hello
        /// A node that has missed something wants the members of the receiver.
        case ask
        /// All members of a node, perhaps in several parts.
        case state
        /// The next change of the members of a node.
        case change
        /// The node lives.
        case alive
    }

    /// One socket of a member.
    struct Entry: Codable, Sendable {
        /// Names the entry among those of its node; never used again.
        let number: Int
        let room: String
        let key: String
        /// Milliseconds since 1970.
        let since: Int
        let details: Details
    }

    /// The sender, for as long as its process lives.
    let node: String
    let kind: Kind
    /// The receiver; nil for all nodes.
    var to: String?
    /// The number of changes of the sender so far, with this one.
    let version: Int
    /// The entries of a state, or those that a change adds.
    var entries: [Entry]?
    /// The numbers of the entries that a change removes.
    var removed: [Int]?
    /// The number of this part of a state, and how many parts there are.
    var part: Int?
    var parts: Int?
}
