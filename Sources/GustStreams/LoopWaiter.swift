import Synchronization

/// A call that waits until the loop resumes it, with what it brings.
///
/// `@unchecked Sendable`: `continuation` is used on the loop only, `subject` is constant, and the flag is atomic.
final class LoopWaiter<Subject: Sendable, Value: Sendable>: @unchecked Sendable {
    let subject: Subject
    var continuation: CheckedContinuation<Value, any Error>?
    private let cancelled = Atomic(false)

    init(_ subject: Subject) {
        self.subject = subject
    }

    /// Whether the task of the call has been cancelled.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Marks the call; called from any thread.
    func cancel() { cancelled.store(true, ordering: .releasing) }

    /// Resumes the call, once.
    func resume(_ outcome: Result<Value, any Error>) {
        continuation?.resume(with: outcome)
        continuation = nil
    }
}
