import Synchronization

/// Lets a caller wait for the broadcasts of this node that are under way: delivered on this node, and not yet on the bus.
final class BroadcastBarrier: Sendable {
    private struct State {
        /// Broadcasts that begin now belong to this phase; each waiting caller begins another one.
        var phase = 0
        /// How many broadcasts are under way, by phase.
        var counts: [Int: Int] = [:]
        /// The callers that wait for the broadcasts up to a phase.
        var waiting: [(phase: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Begins a broadcast; the result must be passed to ``end(_:)``.
    func begin() -> Int {
        state.withLock { state in
            state.counts[state.phase, default: 0] += 1
            return state.phase
        }
    }

    /// Ends a broadcast that is on the bus.
    func end(_ phase: Int) {
        let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            let count = state.counts[phase, default: 1] - 1
            state.counts[phase] = count > 0 ? count : nil
            let oldest = state.counts.keys.min() ?? .max
            let ready = state.waiting.filter { $0.phase < oldest }
            state.waiting.removeAll { $0.phase < oldest }
            return ready.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }

    /// How many callers wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Suspends until all broadcasts that have begun before have ended; later ones aren't waited for.
    func pass() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard !state.counts.isEmpty else { return true }
                state.waiting.append((state.phase, continuation))
                state.phase += 1
                return false
            }
            if isFree { continuation.resume() }
        }
    }
}
