/// What has changed in a room.
public struct PresenceChange<Details: Sendable>: Sendable {
    /// The room.
    public let room: String
    /// The members who have come: no socket of theirs was in the room before.
    public var joined: [PresenceMember<Details>] = []
    /// The members who have gone, as they were: no socket of theirs is in the room any more.
    public var left: [PresenceMember<Details>] = []
    /// The members with a socket more, a socket less, or other details.
    public var updated: [PresenceMember<Details>] = []
}

extension PresenceChange: Equatable where Details: Equatable {
    /// Whether rooms, which are compared by their bytes, and members are the same.
    public static func == (left: PresenceChange, right: PresenceChange) -> Bool {
        left.room.utf8.elementsEqual(right.room.utf8) && left.joined == right.joined && left.left == right.left
            && left.updated == right.updated
    }
}
