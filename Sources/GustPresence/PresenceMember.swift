/// Somebody who is in a room, by one or several sockets.
public struct PresenceMember<Details: Sendable>: Sendable {
    /// The name that the member was tracked by.
    public let key: String
    /// The details of each of the member's sockets, in the order in which they came; never empty.
    public let all: [Details]
    /// When the member came, in milliseconds since 1970, by the clock of the node of its first socket; other sockets of the member in its
    /// stead don't change it.
    public let since: Int

    /// The details of the socket that came last.
    public var details: Details { all[all.count - 1] }
}

extension PresenceMember: Equatable where Details: Equatable {
    /// Whether key, details and time are the same; keys are compared by their bytes.
    public static func == (left: PresenceMember, right: PresenceMember) -> Bool {
        left.key.utf8.elementsEqual(right.key.utf8) && left.all == right.all && left.since == right.since
    }
}
