/// A handler around a handler: it is called with every request before, and changes every response after, the one it wraps.
///
/// The same middleware guards HTTP requests and Socket.IO handshakes on every transport, because a transport is a way
/// of answering a request.
///
/// ```swift
/// struct Stamp: Middleware {
///     func answer(_ request: Request, next: any Handler) -> Answer {
///         next.answer(request).edited(with: ()) { response, _ in response.headers[.server] = "gust" }
///     }
/// }
/// ```
public protocol Middleware: Sendable {
    /// Answers `request`, usually by what `next` answers.
    ///
    /// Called on the loop of the connection, which it must not block. `next` never fails: an error of the handler behind it,
    /// of any type and at any time, comes as a response with its ``Response/error``, so that what is done to responses is done to errors too.
    /// - Returns: the answer; ``Answer/failed(_:)`` with an ``HTTPError`` to refuse the request.
    func answer(_ request: Request, next: any Handler) -> Answer
}

extension Middleware {
    /// This middleware around `handler`, as a handler that never fails.
    package func wrapping(_ handler: any Handler) -> any Handler {
        WrappedHandler(middleware: self, handler: handler)
    }
}

extension Handler {
    /// This handler inside of `middleware`, of which the first is the outermost.
    package func wrapped(in middleware: [any Middleware]) -> any Handler {
        middleware.reversed().reduce(self) { $1.wrapping($0) }
    }
}

/// A middleware and the handler inside it.
private struct WrappedHandler: SelfCheckingHandler, CompositeHandler {
    let middleware: any Middleware
    /// The handler as the middleware is given it.
    let next: any Handler

    init(middleware: any Middleware, handler: any Handler) {
        self.middleware = middleware
        next = handler is WrappedHandler ? handler : ErrorAnsweringHandler(handler: handler)
    }

    var problem: String? { (next as? any SelfCheckingHandler)?.problem }

    func answer(_ request: Request) -> Answer {
        middleware.answer(request, next: next).answeringErrors(to: request)
    }

    var parts: [any Handler] { [next] }
}

/// A handler whose errors are responses: the innermost one behind middleware.
private struct ErrorAnsweringHandler: SelfCheckingHandler, CompositeHandler {
    let handler: any Handler

    var problem: String? { (handler as? any SelfCheckingHandler)?.problem }

    func answer(_ request: Request) -> Answer { handler.answer(request).answeringErrors(to: request) }

    var parts: [any Handler] { [handler] }
}
