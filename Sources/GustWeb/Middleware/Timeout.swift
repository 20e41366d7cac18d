public import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// Answers with 503 if a handler takes too long.
///
/// The handler's task is cancelled and its response is discarded; a handler that ignores cancellation continues to run.
/// An immediate answer is never too late. A streamed response is in time if it begins in time: polls and sockets
/// aren't affected.
public struct Timeout: Middleware {
    private let time: Duration

    /// Allows handlers `time` to answer.
    public init(_ time: Duration) {
        self.time = time
    }

    /// Answers with the answer of `next`, or with 503 if that answer is pending for too long.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let answer = next.answer(request)
        guard case .pending(let pending) = answer else { return answer }
        return .pending { try await inTime(request, pending) }
    }

    private func inTime(_ request: Request, _ pending: PendingResponse) async throws -> Response {
        let race = Race()
        // An unstructured task, because a task group would wait for a handler that ignores its cancellation.
        let task = Task.startingInPlace(on: request.executor) {
            do { race.end(.success(try await pending.response())) } catch { race.end(.failure(error)) }
        }
        let timer = request.eventLoop.scheduleTask(in: TimeAmount(time)) {
            race.end(.failure(HTTPError(.serviceUnavailable, "the handler took too long")))
            task.cancel()
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await race.result()
        } onCancel: {
            // The client disconnected.
            task.cancel()
        }
    }

    /// The first of two results: the handler's or the timer's.
    private final class Race: Sendable {
        private enum State {
            case open
            case waiting(CheckedContinuation<Response, any Error>)
            case ended(Result<Response, any Error>)
        }

        private let state = Mutex(State.open)

        func end(_ result: Result<Response, any Error>) {
            let waiting = state.withLock { state -> CheckedContinuation<Response, any Error>? in
                if case .ended = state { return nil }
                defer { state = .ended(result) }
                if case .waiting(let continuation) = state { return continuation }
                return nil
            }
            waiting?.resume(with: result)
        }

        func result() async throws -> Response {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Response, any Error>? in
                    if case .ended(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        }
    }
}
