import NIOCore
import Synchronization

/// One caller that waits until the server has closed its connections.
final class AwaitedEnd: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Bool, Never>?
        var result: Bool?
        var deadline: Scheduled<Void>?
    }

    private let state = Mutex(State())

    /// Resumes `continuation` with the result, at once if there is one.
    func wait(_ continuation: CheckedContinuation<Bool, Never>) {
        let result = state.withLock { state in
            if state.result == nil { state.continuation = continuation }
            return state.result
        }
        if let result { continuation.resume(returning: result) }
    }

    /// Keeps the deadline, which is cancelled when there is a result.
    func setDeadline(_ deadline: Scheduled<Void>) {
        let isOver = state.withLock { state in
            if state.result == nil { state.deadline = deadline }
            return state.result != nil
        }
        if isOver { deadline.cancel() }
    }

    /// Sets the result; only the first call counts.
    func finish(_ result: Bool) {
        let ended = state.withLock { state -> State in
            guard state.result == nil else { return State() }
            defer { state = State(result: result) }
            return state
        }
        ended.deadline?.cancel()
        ended.continuation?.resume(returning: result)
    }
}
