/// Why a member can't be tracked.
public enum PresenceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There are ``PresenceSettings/maximumMembers`` already.
    case tooManyMembers
    /// The name of the room or of the member has more than ``PresenceSettings/maximumNameLength`` bytes.
    case nameTooLong

    /// The reason, for logs.
    public var description: String {
        switch self {
        case .tooManyMembers: "there are too many members: PresenceSettings.maximumMembers is reached"
        case .nameTooLong: "the name of a room or a member is longer than PresenceSettings.maximumNameLength"
        }
    }
}
