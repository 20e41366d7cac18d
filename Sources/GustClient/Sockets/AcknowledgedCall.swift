import GustWire
import Synchronization

/// A task that waits for an acknowledgement; resumed once.
///
/// After a cancellation the entry of the acknowledgement stays until its deadline: removing it would need another hop.
final class AcknowledgedCall: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Arguments, any Error>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Takes the continuation; false if the task was cancelled before, whereupon the continuation has been resumed.
    func begin(_ continuation: CheckedContinuation<Arguments, any Error>) -> Bool {
        let isCancelled = state.withLock { state in
            if !state.isCancelled { state.continuation = continuation }
            return state.isCancelled
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        return !isCancelled
    }

    func end(_ result: Result<Arguments, ClientError>) {
        // The arguments are kept beyond the read that they are a slice of.
        take()?.resume(with: result.map(\.detached).mapError { $0 as any Error })
    }

    func cancel() {
        let continuation = state.withLock { state in
            state.isCancelled = true
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(throwing: CancellationError())
    }

    private func take() -> CheckedContinuation<Arguments, any Error>? {
        state.withLock { state in
            defer { state.continuation = nil }
            return state.continuation
        }
    }
}
