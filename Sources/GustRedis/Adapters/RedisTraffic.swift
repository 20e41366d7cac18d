#if Redis
import Synchronization

/// What an adapter has sent and received over Redis, and what was lost.
public final class RedisTraffic: Sendable {
    private let published = Atomic<Int>(0)
    private let received = Atomic<Int>(0)
    private let lost = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    /// How many of the lost messages haven't been reported.
    private let unreported = Atomic<Int>(0)

    init() {}

    /// The number of messages that Redis has taken.
    public var publishedCount: Int { published.load(ordering: .relaxed) }
    /// The number of messages that were received, those of this node excluded.
    public var receivedCount: Int { received.load(ordering: .relaxed) }
    /// The number of messages that Redis hasn't taken, for example because it was away: no other node has received them.
    public var lostCount: Int { lost.load(ordering: .relaxed) }
    /// The number of messages from the bus that were dropped, because they weren't messages of the adapter's format.
    public var malformedCount: Int { refused.load(ordering: .relaxed) }

    func countPublished() { published.wrappingAdd(1, ordering: .relaxed) }
    func countReceived() { received.wrappingAdd(1, ordering: .relaxed) }
    func countMalformed() { refused.wrappingAdd(1, ordering: .relaxed) }

    /// Counts a message that was lost; whether it is the first one since ``takeUnreported()``.
    func countLost() -> Bool {
        lost.wrappingAdd(1, ordering: .relaxed)
        return unreported.wrappingAdd(1, ordering: .relaxed).oldValue == 0
    }

    /// How many messages were lost since the last call.
    func takeUnreported() -> Int { unreported.exchange(0, ordering: .relaxed) }
}
#endif
