#if TLS
import Synchronization

/// A clock with a number of sleeps that end at once; the sleep after them lasts until its task is cancelled.
final class StepClock: Clock {
    struct Instant: InstantProtocol {
        func advanced(by duration: Duration) -> Instant { self }
        func duration(to other: Instant) -> Duration { .zero }
        static func < (left: Instant, right: Instant) -> Bool { false }
    }

    private let remaining: Mutex<Int>
    private let ends = AsyncStream.makeStream(of: Void.self)

    init(sleeps: Int) {
        remaining = Mutex(sleeps)
    }

    var now: Instant { Instant() }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let isLast = remaining.withLock { remaining in
            remaining -= 1
            return remaining < 0
        }
        guard isLast else { return }
        ends.continuation.yield()
        // Ends by cancellation only.
        try await Task.sleep(for: .seconds(86_400))
    }

    /// Waits until the sleep after the last one begins.
    func ended() async {
        for await _ in ends.stream { return }
    }
}
#endif
