/// A handler around a handler: sees every request before, and every response after, the one it wraps.
///
/// The same middleware guards HTTP requests and Socket.IO handshakes on every transport, because a transport is a way
/// of answering a request.
public protocol Middleware: Sendable {
    /// Answers `request`, usually by asking `next`.
    ///
    /// Runs on the connection's loop until it first waits for something, and returns to it afterwards.
    /// - Throws: what `next` threw, or a refusal of its own; answered as ``Handler/respond(to:)`` says.
    func respond(to request: Request, next: any Handler) async throws -> Response

    /// Answers at once, or returns nil to be awaited instead.
    ///
    /// Implement it when your middleware never waits, so that synchronous handlers behind it stay free of tasks:
    /// ask `next.respondInPlace(to:)`, and return nil, having done nothing, when that does. Without an implementation
    /// of your own it returns nil.
    func respondInPlace(to request: Request, next: any Handler) throws -> Response?
}

extension Middleware {
    /// Returns nil: the middleware wants to be awaited.
    public func respondInPlace(to request: Request, next: any Handler) throws -> Response? { nil }

    /// This middleware around `handler`.
    package func wrapping(_ handler: any Handler) -> any Handler {
        WrappedHandler(middleware: self, handler: handler)
    }
}

/// A middleware and the handler inside it.
private struct WrappedHandler: SelfCheckingHandler {
    let middleware: any Middleware
    let handler: any Handler

    var problem: String? { (handler as? any SelfCheckingHandler)?.problem }

    func respond(to request: Request) async throws -> Response {
        try await middleware.respond(to: request, next: handler)
    }

    func respondInPlace(to request: Request) throws -> Response? {
        try middleware.respondInPlace(to: request, next: handler)
    }

    func shutDown() { handler.shutDown() }
}

/// A middleware made of a closure.
public struct ClosureMiddleware: Middleware {
    private let body: @Sendable (Request, any Handler) async throws -> Response

    /// Makes a middleware of `body`, which is given the request and the next handler.
    ///
    /// `body` runs on the connection's loop, in a task of each request.
    public init(_ body: @escaping @Sendable (Request, any Handler) async throws -> Response) {
        self.body = body
    }

    /// Answers with what the closure returns.
    public func respond(to request: Request, next: any Handler) async throws -> Response {
        try await body(request, next)
    }
}
