import Synchronization

/// Values that come from several loops, until the last of them has answered.
final class Gathering<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        /// How many answers are to come; may be below zero while it isn't known how many were asked for.
        var pending = 0
        var isAsked = false
        var continuation: CheckedContinuation<[Value], Never>?
    }

    private let state = Mutex(State())

    /// Resumes `continuation` with all values when the last answer has come.
    init(_ continuation: CheckedContinuation<[Value], Never>) {
        state.withLock { $0.continuation = continuation }
    }

    /// One more value.
    func add(_ value: Value) { state.withLock { $0.values.append(value) } }

    /// One more answer will come, and is known of before the answer that announces it.
    func expect() { state.withLock { $0.pending += 1 } }

    /// An answer has come.
    func answer() {
        finish { $0.pending -= 1 }
    }

    /// Everybody was asked, `count` in all.
    func asked(_ count: Int) {
        finish { state in
            state.pending += count
            state.isAsked = true
        }
    }

    private func finish(_ change: (inout State) -> Void) {
        let last = state.withLock { state -> (CheckedContinuation<[Value], Never>, [Value])? in
            change(&state)
            guard state.isAsked, state.pending == 0, let continuation = state.continuation else { return nil }
            state.continuation = nil
            return (continuation, state.values)
        }
        if let (continuation, values) = last { continuation.resume(returning: values) }
    }
}
