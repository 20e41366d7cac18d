/// A handler around a handler: it receives each request before the inner handler, and can change each response after it.
///
/// The same middleware serves HTTP requests and the Socket.IO requests of every transport, because a transport is a way of
/// answering a request.
///
/// ```swift
/// struct Stamp: Middleware {
///     func answer(_ request: Request, next: any Handler) -> Answer {
///         next.answer(request).edited(with: ()) { response, _ in response.headers[.server] = "gust" }
///     }
/// }
/// ```
public protocol Middleware: Sendable {
    /// Answers `request`, usually with the answer of `next`.
    ///
    /// This method is called on the loop of the connection and must not block. The answer of `next` never fails: an error of
    /// an inner handler is a response with ``Response/error``, so that changes to responses apply to errors too.
    /// - Returns: The answer; ``Answer/failed(_:)`` with an ``HTTPError`` to refuse the request.
    func answer(_ request: Request, next: any Handler) -> Answer
}

extension Middleware {
    /// This middleware around `handler`, as a handler that never fails.
    package func wrapping(_ handler: any Handler) -> any Handler {
        WrappedHandler(middleware: self, handler: handler)
    }
}

extension Handler {
    /// This handler inside of `middleware`; the first middleware is the outermost.
    package func wrapped(in middleware: [any Middleware]) -> any Handler {
        middleware.reversed().reduce(self) { $1.wrapping($0) }
    }
}

/// A middleware and the handler inside it.
private struct WrappedHandler: SelfCheckingHandler, CompositeHandler {
    let middleware: any Middleware
    /// The handler that is passed to the middleware.
    let next: any Handler

    init(middleware: any Middleware, handler: any Handler) {
        self.middleware = middleware
        next = handler is WrappedHandler ? handler : ErrorAnsweringHandler(handler: handler)
    }

    var problem: String? { (next as? any SelfCheckingHandler)?.problem }

    func problem(linkingTo urls: any RouteURLs) -> String? {
        (next as? any SelfCheckingHandler)?.problem(linkingTo: urls)
    }

    func answer(_ request: Request) -> Answer {
        middleware.answer(request, next: next).answeringErrors(to: request)
    }

    var parts: [any Handler] { [next] }
}

/// A handler that makes a response of each error: the innermost handler inside of middleware.
private struct ErrorAnsweringHandler: SelfCheckingHandler, CompositeHandler {
    let handler: any Handler

    var problem: String? { (handler as? any SelfCheckingHandler)?.problem }

    func problem(linkingTo urls: any RouteURLs) -> String? {
        (handler as? any SelfCheckingHandler)?.problem(linkingTo: urls)
    }

    func answer(_ request: Request) -> Answer { handler.answer(request).answeringErrors(to: request) }

    var parts: [any Handler] { [handler] }
}
