import Synchronization

/// A task that waits: for its socket to be connected, or for what it has sent to be handed to the operating system.
///
/// Resumed once: by what it waits for, by the end of the connection, its deadline, or the cancellation of its task.
final class Waiter: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Void, any Error>?
        var result: Result<Void, any Error>?
        var finish: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Takes the continuation; a waiter that was resumed before resumes it at once.
    func begin(_ continuation: CheckedContinuation<Void, any Error>) {
        let result = state.withLock { state -> Result<Void, any Error>? in
            if state.result == nil { state.continuation = continuation }
            return state.result
        }
        if let result { continuation.resume(with: result) }
    }

    /// Calls `body` when the waiter is resumed, at once if it was resumed before.
    func whenResumed(_ body: @escaping @Sendable () -> Void) {
        let isResumed = state.withLock { state in
            if state.result == nil { state.finish = body }
            return state.result != nil
        }
        if isResumed { body() }
    }

    func resume(_ result: Result<Void, any Error>) {
        let (continuation, finish) = state.withLock { state in
            guard state.result == nil else {
                return (nil as CheckedContinuation<Void, any Error>?, nil as (@Sendable () -> Void)?)
            }
            state.result = result
            defer { (state.continuation, state.finish) = (nil, nil) }
            return (state.continuation, state.finish)
        }
        finish?()
        continuation?.resume(with: result)
    }
}
