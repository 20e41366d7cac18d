import NIOCore
import Synchronization

/// A piece of a body that waits until the connection has room, with the call that waits for it.
///
/// `@unchecked Sendable`: `continuation` is used on the loop only, `bytes` is constant, and the flag is atomic.
final class WaitingPiece: @unchecked Sendable {
    let bytes: ByteBuffer
    var continuation: CheckedContinuation<Void, any Error>?
    private let cancelled = Atomic(false)

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    /// Whether the task of the call has been cancelled.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Marks the piece; called from any thread.
    func cancel() { cancelled.store(true, ordering: .releasing) }

    /// Resumes the call, once.
    func resume(_ outcome: Result<Void, any Error>) {
        continuation?.resume(with: outcome)
        continuation = nil
    }
}
