/// Answers requests.
///
/// Everything that answers is one: closures, `Routes`, static files, a template page, a Socket.IO endpoint.
public protocol Handler: Sendable {
    /// Answers `request`.
    ///
    /// Runs on the connection's loop until it first waits for something, and returns to it afterwards.
    /// - Throws: ``HTTPError`` to answer with a status; any other error becomes 500 without its text.
    func respond(to request: Request) async throws -> Response

    /// Answers `request` at once, on the connection's loop, or returns nil to be awaited instead.
    ///
    /// A handler that returns nil must not have done anything yet: ``respond(to:)`` is called next, with the same
    /// request. It must not block. Without an implementation of your own it returns nil.
    ///
    /// - Throws: what ``respond(to:)`` would.
    func respondInPlace(to request: Request) throws -> Response?

    /// Ends what goes on beyond single answers (parked polls, sockets), because the server stops.
    ///
    /// Called once, from any thread; requests may still come afterwards, while those in progress are finished. Without an
    /// implementation of your own it does nothing.
    func shutDown()
}

extension Handler {
    /// Does nothing.
    public func shutDown() {}

    /// Returns nil: the handler wants to be awaited.
    public func respondInPlace(to request: Request) throws -> Response? { nil }
}

/// A handler made of a synchronous closure; costs no task.
public struct ImmediateHandler: Handler {
    private let body: @Sendable (Request) throws -> Response

    /// Makes a handler of `body`, which runs on the connection's loop and must not block.
    public init<Output: ResponseConvertible>(_ body: @escaping @Sendable (Request) throws -> Output) {
        self.body = { request in try body(request).response(for: request) }
    }

    /// Answers with what the closure returns.
    public func respond(to request: Request) async throws -> Response { try body(request) }

    /// Answers with what the closure returns, at once.
    public func respondInPlace(to request: Request) throws -> Response? { try body(request) }
}

/// A handler made of an asynchronous closure; costs one task a request, which starts at once on the loop.
public struct SuspendingHandler: Handler {
    private let body: @Sendable (Request) async throws -> Response

    /// Makes a handler of `body`, which runs on the connection's loop and returns to it after each wait.
    public init<Output: ResponseConvertible>(_ body: @escaping @Sendable (Request) async throws -> Output) {
        self.body = { request in try await body(request).response(for: request) }
    }

    /// Answers with what the closure returns.
    public func respond(to request: Request) async throws -> Response { try await body(request) }
}
