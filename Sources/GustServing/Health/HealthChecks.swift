import GustHTTP
import Logging
import Synchronization

/// The checks of a server, and their results, which are used again for a while.
final class HealthChecks: Sendable {
    private struct State {
        var checks: [HealthCheck] = []
        /// The run whose results are used, and when it ended; nil while it runs.
        var run: (task: Task<[HealthOutcome], Never>, end: Duration?)?
    }

    private let cacheTime: Duration
    private let now: @Sendable () -> Duration
    private let clock: any Clock<Duration>
    private let state = Mutex(State())

    init(_ cacheTime: Duration, _ clock: any Clock<Duration>) {
        self.cacheTime = cacheTime
        self.clock = clock
        now = Self.elapsed(clock)
    }

    /// Adds a check, in place of one with the same name.
    func add(_ check: HealthCheck) {
        state.withLock { state in
            state.checks.removeAll { $0.name.hasSameBytes(as: check.name) }
            state.checks.append(check)
        }
    }

    /// The results of all checks; those of the last run if it runs still, or has ended within the cache time.
    func outcomes(_ logger: Logger) async -> [HealthOutcome] {
        let now = now()
        let task = state.withLock { state in
            if let run = state.run, run.end.map({ now - $0 < cacheTime }) ?? true { return run.task }
            let checks = state.checks
            // The run belongs to all requests that wait for it, so it isn't cancelled with one of them.
            let task = Task { [clock] in
                let outcomes = await Self.run(checks, clock, logger)
                self.end()
                return outcomes
            }
            state.run = (task, nil)
            return task
        }
        return await task.value
    }

    private func end() {
        let now = now()
        state.withLock { $0.run?.end = now }
    }

    private static func run(
        _ checks: [HealthCheck],
        _ clock: any Clock<Duration>,
        _ logger: Logger
    ) async -> [HealthOutcome] {
        await withTaskGroup(of: (Int, HealthOutcome).self) { tasks in
            for (index, check) in checks.enumerated() {
                tasks.addTask { (index, HealthOutcome(check.name, await check.run(clock), logger)) }
            }
            var outcomes: [(Int, HealthOutcome)] = []
            for await outcome in tasks { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func elapsed<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
