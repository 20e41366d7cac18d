/// The rate at which a client may send events and messages, in all its namespaces together: a token bucket.
public struct EventRate: Sendable, Hashable {
    /// What happens if a client exceeds the rate.
    public enum Policy: Sendable, Hashable {
        /// The connection is closed with ``CloseReason/rateExceeded``.
        case disconnect
        /// The excess events are dropped: no handler is called, and no acknowledgement is sent.
        case drop
    }

    /// How many events a client may send in a second, on average.
    public var perSecond: Double
    /// How many events a client may send at once after a pause.
    public var burst: Int
    /// What happens if a client exceeds the rate.
    public var policy: Policy

    /// Makes a rate.
    ///
    /// - Parameters:
    ///   - perSecond: how many events a client may send in a second, on average.
    ///   - burst: how many events a client may send at once; a polling client sends all that wait in one payload.
    ///   - policy: what happens if a client exceeds the rate.
    public init(perSecond: Double, burst: Int, policy: Policy = .disconnect) {
        self.perSecond = perSecond
        self.burst = burst
        self.policy = policy
    }
}
