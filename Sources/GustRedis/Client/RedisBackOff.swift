#if Redis
import NIOCore

/// The pauses between attempts to connect: they double up to a maximum, and half of each is random, so that the nodes of a cluster don't connect
/// at the same time.
struct RedisBackOff: Sendable {
    private let minimum: Int64
    private let maximum: Int64
    private var failures = 0

    init(minimum: Duration, maximum: Duration) {
        self.minimum = max(1_000_000, TimeAmount(minimum).nanoseconds)
        self.maximum = max(self.minimum, TimeAmount(maximum).nanoseconds)
    }

    /// The pause after a failure; `random` is a number from 0 to 1.
    mutating func next(random: Double) -> TimeAmount {
        let pause = min(maximum, minimum << min(failures, 20))
        failures += 1
        return .nanoseconds(pause / 2 + Int64(Double(pause / 2) * random))
    }

    /// Begins again with the minimum, after a connection could be used.
    mutating func reset() { failures = 0 }
}
#endif
