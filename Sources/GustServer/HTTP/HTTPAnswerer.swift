import GustHTTP
import HTTPTypes
import NIOCore

/// Answers requests, one at a time: a connection of HTTP/1.1, or a stream of HTTP/2.
///
/// Used on the loop only.
protocol HTTPAnswerer: HTTPAnswerSink {
    var server: HTTPServerShared { get }
    var loop: LoopContext { get }
    /// The request being answered, if any.
    var exchange: HTTPExchange? { get }
    /// The objects that belong to ``exchange``.
    var parts: HTTPExchangeParts { get set }
    /// Sends a response; if `exchange` has ended, the response is discarded.
    func send(_ response: Response, for exchange: HTTPExchange, _ request: Request)
}

extension HTTPAnswerer {
    /// Runs the handler, and sends its response now or later.
    func answer(_ request: Request, _ exchange: HTTPExchange) {
        switch server.answering(request) {
        case .ready(let response):
            if response.error != nil { server.noteError(of: response, request) }
            send(response, for: exchange, request)
        case .failed(let error):
            send(server.response(for: error, request), for: exchange, request)
        case .pending(let pending):
            let handling = PendingHandling(pending, request, self, exchange)
            // One of the two places where async code runs (the other: events of sockets). If the handler doesn't suspend, the task
            // has ended when this call returns.
            let task = Task.startingInPlace(on: loop.executor) {
                do {
                    handling.end(.success(try await handling.work()))
                } catch {
                    handling.end(.failure(error))
                }
            }
            // After the response has been sent, the task must not be cancelled.
            if self.exchange == exchange { parts.task = task }
        }
    }

    /// Handles a response whose peer has closed the connection: the writer of a stream calls its `onAbort`.
    func discard(_ response: Response) {
        guard case .stream(let body) = response.body else { return }
        let stream = HTTPResponseStream(response, sink: self, exchange: HTTPExchange.abandoned)
        body(stream)
        stream.peerLeft()
    }
}
