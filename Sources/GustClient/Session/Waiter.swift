import NIOCore
import Synchronization

/// A task that waits: for its socket to be connected, or for what it has sent to be handed to the operating system.
///
/// Resumed once: by what it waits for, by the end of the connection, its deadline, or the cancellation of its task.
final class Waiter: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Void, any Error>?
        var result: Result<Void, any Error>?
        var timer: Scheduled<Void>?
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

    /// Takes the timer of the deadline, which ends with the waiting.
    func limit(by timer: Scheduled<Void>) {
        let isWaiting = state.withLock { state in
            if state.result == nil { state.timer = timer }
            return state.result == nil
        }
        if !isWaiting { timer.cancel() }
    }

    func resume(_ result: Result<Void, any Error>) {
        let (continuation, timer) = state.withLock {
            state -> (CheckedContinuation<Void, any Error>?, Scheduled<Void>?) in
            guard state.result == nil else { return (nil, nil) }
            state.result = result
            defer { (state.continuation, state.timer) = (nil, nil) }
            return (state.continuation, state.timer)
        }
        timer?.cancel()
        continuation?.resume(with: result)
    }
}
