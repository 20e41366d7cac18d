import GustHTTP
import HTTPTypes
import Logging
import NIOCore

/// The configuration that all connections of a server share.
final class HTTPServerShared: Sendable {
    let handler: any Handler
    /// Answers by ``handler``: a closure, because each use of a stored `any Handler` copies it.
    let answering: @Sendable (Request) -> Answer
    let limits: HTTPLimits
    /// The deadlines of ``limits``.
    let timeouts: ConnectionTimeouts
    /// The versions of WebSocket that the server accepts.
    let dialects: Set<WebSocketDialect>
    /// The response to Flash policy requests on this port; if nil, they are answered with 400.
    let flashPolicy: FlashPolicy?
    let logger: Logger

    init(
        handler: any Handler,
        limits: HTTPLimits,
        dialects: Set<WebSocketDialect> = Set(WebSocketDialect.allCases),
        flashPolicy: FlashPolicy? = nil,
        logger: Logger
    ) {
        self.handler = handler
        answering = { handler.answer($0) }
        self.limits = limits
        timeouts = ConnectionTimeouts(limits)
        self.dialects = dialects
        self.flashPolicy = flashPolicy
        self.logger = logger
    }

    /// The response to an error that a handler threw; the text of an error that isn't an ``HTTPError`` is not sent.
    func response(for error: any Error, _ request: Request) -> Response {
        let response = Response(answering: error, to: request)
        noteError(of: response, request)
        return response
    }

    /// Logs the error of a response if it is unexpected; see `Response.unexpectedError`.
    func noteError(of response: Response, _ request: Request) {
        guard let error = response.unexpectedError else { return }
        logger.error(
            "a handler failed",
            metadata: ["method": "\(request.method)", "path": "\(request.path)", "error": "\(error)"]
        )
    }
}
