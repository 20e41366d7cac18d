/// Answers requests.
///
/// Closures, `Routes`, static files, a template page and a Socket.IO endpoint are handlers.
public protocol Handler: Sendable {
    /// Answers `request`, at once or later.
    ///
    /// Called on the loop of the connection, which it must not block.
    /// - Returns: ``Answer/ready(_:)`` if the response is there, ``Answer/failed(_:)`` with an ``HTTPError`` to answer with a
    ///   status, with any other error for a 500 without its text, and ``Answer/pending(_:)-type.method`` if something has to be awaited.
    func answer(_ request: Request) -> Answer

    /// Ends what goes on beyond single answers (parked polls, sockets), because the server stops.
    ///
    /// Called once, from any thread, also for a handler that is registered on several routes; requests may still come
    /// afterwards, while those in progress are finished. Without an implementation of your own it does nothing.
    func shutDown()
}

extension Handler {
    /// Does nothing.
    public func shutDown() {}

    /// Answers `request`, for code that awaits, such as a middleware's closure.
    ///
    /// - Throws: the error of the answer, also where a middleware behind this handler has made a response of it: if your closure
    ///   throws that error on, its answer is that response, with all that the middleware put into it. To have
    ///   the response instead, use ``response(to:)``.
    public func respond(to request: Request) async throws -> Response {
        let response = try await answer(request).response()
        if let error = response.error { throw error }
        return response
    }

    /// The response to `request`, for code that awaits; an error is a response too, whose ``Response/error`` it is.
    public func response(to request: Request) async -> Response {
        do { return try await answer(request).response() } catch { return Response(answering: error, to: request) }
    }
}

/// A handler made of a synchronous closure; costs no task.
public struct ImmediateHandler: Handler {
    private let body: @Sendable (Request) throws -> Response

    /// Makes a handler of `body`, which runs on the connection's loop and must not block.
    public init<Output: ResponseConvertible>(_ body: @escaping @Sendable (Request) throws -> Output) {
        self.body = { request in try body(request).response(for: request) }
    }

    /// Answers with what the closure returns, at once.
    public func answer(_ request: Request) -> Answer { Answer { try body(request) } }
}

/// A handler made of an asynchronous closure; costs one task a request, which starts at once on the loop.
public struct SuspendingHandler: Handler {
    private let pending: @Sendable (Request) -> PendingResponse

    /// Makes a handler of `body`, which runs on the connection's loop and returns to it after each wait.
    public init<Output: ResponseConvertible>(_ body: @escaping @Sendable (Request) async throws -> Output) {
        pending = { request in PendingResponse { try await body(request).response(for: request) } }
    }

    /// Answers with what the closure returns, later.
    public func answer(_ request: Request) -> Answer { .pending(pending(request)) }
}
