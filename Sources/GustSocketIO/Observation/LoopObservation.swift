import NIOCore

/// One event loop of a server, as of one moment.
package struct LoopObservation: Sendable, Encodable {
    /// How late the loop runs its tasks, in microseconds; zero while it has no connection.
    package let lag: Int
    /// How much work other threads have posted to the loop that isn't done yet.
    package let waiting: Int

    /// Observes a loop; called on it, by work that was posted.
    init(_ shard: LoopShard) {
        lag = Int(shard.timers.lag.nanoseconds / 1_000)
        waiting = max(0, shard.inbox.count - 1)
    }
}
