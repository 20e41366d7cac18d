#if Redis
import Logging
import NIOCore
import Synchronization

/// Counts and logs that Redis can't be asked.
///
/// After a failure it isn't asked for a second, so that not every request waits for it.
final class RedisRateLimitAbsence: Sendable {
    private static let pause = TimeAmount.seconds(1)

    private struct State {
        var isAway = false
        var nextAttempt = NIODeadline.uptimeNanoseconds(0)
    }

    private let state = Mutex(State())
    private let failures = Atomic(0)
    private let name: String
    private let fallback: RedisRateLimit.Fallback
    private let logger: Logger

    init(_ name: String, _ fallback: RedisRateLimit.Fallback, _ logger: Logger) {
        self.name = name
        self.fallback = fallback
        self.logger = logger
    }

    /// How often Redis couldn't be asked.
    var count: Int { failures.load(ordering: .relaxed) }

    /// Whether Redis may be asked now.
    func mayAsk() -> Bool {
        let now = NIODeadline.now()
        let mayAsk = state.withLock { !$0.isAway || $0.nextAttempt <= now }
        if !mayAsk { failures.wrappingAdd(1, ordering: .relaxed) }
        return mayAsk
    }

    /// Redis couldn't be asked.
    func begin(_ error: RedisError) {
        failures.wrappingAdd(1, ordering: .relaxed)
        let wasAway = state.withLock { state in
            let wasAway = state.isAway
            state.isAway = true
            state.nextAttempt = .now() + RedisRateLimitAbsence.pause
            return wasAway
        }
        guard !wasAway else { return }
        let consequence = fallback == .allow ? "everything is allowed" : "everything is refused"
        logger.warning("the rate limit \(name) can't be checked, so that \(consequence): \(error)")
    }

    /// Redis has been asked.
    func end() {
        let wasAway = state.withLock { state in
            let wasAway = state.isAway
            state.isAway = false
            return wasAway
        }
        if wasAway {
            logger.info("the rate limit \(name) is checked again; \(count) decisions were made without Redis")
        }
    }
}
#endif
