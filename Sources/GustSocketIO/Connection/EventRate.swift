/// How many events and messages a client may send, on all its namespaces together: a token bucket.
public struct EventRate: Sendable, Hashable {
    /// What happens to what is sent beyond.
    public enum Policy: Sendable, Hashable {
        /// The connection is closed with ``CloseReason/rateExceeded``.
        case disconnect
        /// It is dropped: no handler hears of it, and an acknowledgement that was asked for never comes.
        case drop
    }

    /// How many a second, in the long run.
    public var perSecond: Double
    /// How many at once.
    public var burst: Int
    /// What happens to what is sent beyond.
    public var policy: Policy

    /// Describes a limit.
    ///
    /// - Parameters:
    ///   - perSecond: how many a second, in the long run.
    ///   - burst: how many at once; a polling client sends what it has in one payload.
    ///   - policy: what happens to what is sent beyond.
    public init(perSecond: Double, burst: Int, policy: Policy = .disconnect) {
        self.perSecond = perSecond
        self.burst = burst
        self.policy = policy
    }
}
