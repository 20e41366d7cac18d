import GustWire

/// A caller that is suspended until packets have been sent.
///
/// `@unchecked Sendable`: references travel between threads, but every property is used on the connection's loop only.
final class FlushWaiter: @unchecked Sendable {
    private var continuation: CheckedContinuation<Void, any Error>?
    private var isCancelled = false
    /// The number of frames that must have left the outbox; nil while the packets are held until the end of a move to another loop.
    var position: Int?
    /// Whether the frames have left the outbox, and the transport hasn't confirmed yet that they were sent.
    var isLeaving = false

    /// Begins to wait; false if the task of the caller has been cancelled before, so that nothing must be sent.
    func begin(_ continuation: CheckedContinuation<Void, any Error>) -> Bool {
        guard !isCancelled else {
            continuation.resume(throwing: CancellationError())
            return false
        }
        self.continuation = continuation
        return true
    }

    /// Resumes the caller; does nothing if the caller has been resumed before.
    func resume(_ result: Result<Void, any Error> = .success(())) {
        continuation?.resume(with: result)
        continuation = nil
    }

    /// Resumes the caller, whose task is cancelled, or lets it not begin to wait.
    func cancel() {
        isCancelled = true
        resume(.failure(CancellationError()))
    }
}
