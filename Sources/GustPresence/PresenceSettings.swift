/// Times and bounds of a ``Presence``.
public struct PresenceSettings: Sendable {
    /// The time between two messages by which a node says that it lives; 2 seconds.
    ///
    /// A node that is silent for three of them is gone.
    public var heartbeat = Duration.seconds(2)
    /// The time in which changes are collected before they are sent to the other nodes; 20 milliseconds.
    public var batchTime = Duration.milliseconds(20)
    /// The most members of all rooms and nodes together, each room of a socket counted; 100,000.
    public var maximumMembers = 100_000
    /// The longest name of a room or a member in bytes; 256.
    public var maximumNameLength = 256
    /// The most nodes whose members are kept; 1,000.
    public var maximumNodes = 1_000

    /// Makes the default settings.
    public init() {}
}
