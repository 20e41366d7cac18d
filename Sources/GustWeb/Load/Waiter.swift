import NIOCore
import Synchronization

/// A request that waits for its turn, until a deadline.
///
/// The first of several ends counts. May be used from any thread.
final class Waiter: Sendable {
    /// Why the waiting has ended.
    enum End: Sendable {
        /// It is the request's turn.
        case turn
        /// The deadline has passed.
        case deadline
        /// The client has disconnected.
        case cancellation
    }

    private enum State {
        case new
        case waiting(CheckedContinuation<End, Never>)
        case ended(End)
    }

    private let state = Mutex(State.new)

    /// Ends the waiting.
    ///
    /// - Returns: Whether this is the end that counts.
    @discardableResult
    func end(_ end: End) -> Bool {
        let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<End, Never>?) in
            switch state {
            case .new:
                state = .ended(end)
                return (true, nil)
            case .waiting(let continuation):
                state = .ended(end)
                return (true, continuation)
            case .ended:
                return (false, nil)
            }
        }
        continuation?.resume(returning: end)
        return isFirst
    }

    /// Waits for an end, at most `time`; may be called once.
    func wait(atMost time: Duration, on eventLoop: any EventLoop) async -> End {
        let timer = eventLoop.scheduleTask(in: TimeAmount(time)) { _ = self.end(.deadline) }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let end = state.withLock { state -> End? in
                    if case .ended(let end) = state { return end }
                    state = .waiting(continuation)
                    return nil
                }
                if let end { continuation.resume(returning: end) }
            }
        } onCancel: {
            end(.cancellation)
        }
    }
}
