/// The members of a room at one time, in the order in which they came.
public struct PresenceList<Details: Sendable>: RandomAccessCollection, Sendable {
    /// A number that increases with each change that this node hears of, in any room.
    ///
    /// Lists that are sent on two loops may arrive in the wrong order. A client that has a list ignores one with a smaller number.
    public let revision: Int
    private let members: [PresenceMember<Details>]

    init(revision: Int, _ members: [PresenceMember<Details>]) {
        self.revision = revision
        self.members = members
    }

    /// The position of the first member.
    public var startIndex: Int { members.startIndex }
    /// The position after the last member.
    public var endIndex: Int { members.endIndex }
    /// The member at a position.
    public subscript(position: Int) -> PresenceMember<Details> { members[position] }
    /// The member with a key; nil if there is none.
    public subscript(key key: String) -> PresenceMember<Details>? {
        first { $0.key.utf8.elementsEqual(key.utf8) }
    }
}
