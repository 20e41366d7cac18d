import Synchronization

/// Counts the replies that are missing, and calls a closure once when there are no more.
final class PendingReplies: Sendable {
    private struct State {
        /// The number of missing replies; negative if replies came before their number was known.
        var count = 0
        var isAsked = false
        var finished: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    /// Calls `finished` after ``asked(_:)`` and as many replies as were expected.
    init(_ finished: @escaping @Sendable () -> Void) {
        state = Mutex(State(finished: finished))
    }

    /// Expects one more reply.
    func expect() { state.withLock { $0.count += 1 } }

    /// Counts one reply.
    func answer() { change { $0.count -= 1 } }

    /// Sets how many further replies are expected; nothing is finished before.
    func asked(_ count: Int) {
        change { state in
            state.count += count
            state.isAsked = true
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let finished = state.withLock { state -> (@Sendable () -> Void)? in
            body(&state)
            guard state.isAsked, state.count == 0 else { return nil }
            defer { state.finished = nil }
            return state.finished
        }
        finished?()
    }
}
