import GustHTTP
import NIOCore

/// A response that is awaited for one exchange: what its task needs, in one object.
///
/// `@unchecked Sendable`: the answerer and the exchange belong to the loop and are used there only; everything else is
/// Sendable and never changes.
final class PendingHandling: @unchecked Sendable {
    private let pending: PendingResponse
    private let request: Request
    private let answerer: any HTTPAnswerer
    private let exchange: HTTPExchange

    init(
        _ pending: consuming PendingResponse,
        _ request: Request,
        _ answerer: any HTTPAnswerer,
        _ exchange: HTTPExchange
    ) {
        self.pending = pending
        self.request = request
        self.answerer = answerer
        self.exchange = exchange
    }

    /// Makes the response, or throws.
    ///
    /// The task awaits this closure directly, because each async function between would cost a frame and a check of the task's
    /// executor.
    var work: @Sendable () async throws -> Response { pending.work }

    /// Sends the response made of the outcome of ``work``; called once, in the task of the request.
    func end(_ outcome: consuming Result<Response, any Error>) {
        let response = response(pending.finish(outcome))
        // If the handler has called an actor with its own executor, the task may be on another thread.
        let eventLoop = request.eventLoop
        if eventLoop.inEventLoop {
            answerer.send(response, for: exchange, request)
        } else {
            eventLoop.execute { self.answerer.send(response, for: self.exchange, self.request) }
        }
    }

    /// The response made of an outcome; logs an unexpected error.
    private func response(_ outcome: consuming Result<Response, any Error>) -> Response {
        switch consume outcome {
        case .success(let response):
            if response.error != nil { answerer.server.noteError(of: response, request) }
            return response
        case .failure(let error):
            return answerer.server.response(for: error, request)
        }
    }
}
