import Synchronization

/// Collects values from several loops, until the last loop has answered.
final class Gathering<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        /// How many answers are missing; negative if answers came before their number was known.
        var pending = 0
        var isAsked = false
        var continuation: CheckedContinuation<[Value], Never>?
    }

    private let state = Mutex(State())

    /// Resumes `continuation` with all values when the last answer has come.
    init(_ continuation: CheckedContinuation<[Value], Never>) {
        state.withLock { $0.continuation = continuation }
    }

    /// Adds a value.
    func add(_ value: Value) { state.withLock { $0.values.append(value) } }

    /// Expects one more answer; called before the answer of the loop that asked for it.
    func expect() { state.withLock { $0.pending += 1 } }

    /// Counts one answer.
    func answer() {
        finish { $0.pending -= 1 }
    }

    /// Sets how many loops were asked.
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
