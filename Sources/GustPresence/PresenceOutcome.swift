/// What follows from a change of ``PresenceState``.
struct PresenceOutcome<Details: Codable & Sendable> {
    /// The messages to send, in this order.
    var messages: [PresenceMessage<Details>] = []
    /// The changes for the listeners, in this order.
    var changes: [PresenceChange<Details>] = []
    /// Whether members of another node were dropped, because there are too many.
    var isOverfull = false
}
