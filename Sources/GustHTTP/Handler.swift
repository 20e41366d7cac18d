/// Answers requests.
///
/// Closures, `Routes`, static files, a template page and a Socket.IO endpoint are handlers.
public protocol Handler: Sendable {
    /// Answers `request`, at once or later.
    ///
    /// This method is called on the loop of the connection and must not block.
    /// - Returns: ``Answer/ready(_:)`` with the response; ``Answer/pending(_:)-type.method`` if something must be awaited;
    ///   ``Answer/failed(_:)`` with an ``HTTPError`` to answer with its status, or with another error to answer 500 without the
    ///   text of the error.
    func answer(_ request: Request) -> Answer

    /// Ends long-lived work of the handler, such as waiting polls and WebSockets, because the server shuts down.
    ///
    /// This method is called once, from any thread, even if the handler is registered on several routes. Requests may still
    /// be received afterwards, until the requests in progress have been answered. The default implementation does nothing.
    func shutDown()
}

extension Handler {
    /// Does nothing.
    public func shutDown() {}

    /// Returns the response to `request`, or throws the error, for asynchronous code such as a middleware's closure.
    ///
    /// - Throws: The error of the answer, even if an inner middleware has already made a response of the error. If the closure
    ///   of a ``ClosureMiddleware`` rethrows the error, its answer is that response, with the changes of the inner middleware.
    ///   To get the response instead of the error, use ``response(to:)``.
    public func respond(to request: Request) async throws -> Response {
        let response = try await answer(request).response()
        if let error = response.error { throw error }
        return response
    }

    /// Returns the response to `request`, for asynchronous code; an error is returned as a response with ``Response/error``.
    public func response(to request: Request) async -> Response {
        do { return try await answer(request).response() } catch { return Response(answering: error, to: request) }
    }
}

/// A handler made of a synchronous closure; it costs no task.
package struct ImmediateHandler: Handler {
    private let body: @Sendable (Request) throws -> Response

    /// Makes a handler of `body`, which runs on the loop of the connection and must not block.
    package init<Output: ResponseConvertible>(_ body: @escaping @Sendable (Request) throws -> Output) {
        self.body =
            if let body = body as? @Sendable (Request) throws -> String {
                Self.specialised(body)
            } else if let body = body as? @Sendable (Request) throws -> String? {
                Self.specialised(body)
            } else {
                { request in try body(request).response(for: request) }
            }
    }

    // What most handlers return is answered without generic code, which would cost as much as the route.

    private static func specialised(
        _ body: @escaping @Sendable (Request) throws -> String
    ) -> @Sendable (Request) throws -> Response {
        { request in try body(request).response(for: request) }
    }

    private static func specialised(
        _ body: @escaping @Sendable (Request) throws -> String?
    ) -> @Sendable (Request) throws -> Response {
        { request in try body(request).response(for: request) }
    }

    /// Calls the closure and answers with its result.
    package func answer(_ request: Request) -> Answer {
        do {
            var response = try body(request)
            if let route = request.captures.route { response.setRoute(route) }
            return .ready(consume response)
        } catch {
            return .failed(error)
        }
    }
}

/// A handler made of an asynchronous closure; each request costs one task, which starts at once on the loop.
package struct SuspendingHandler: Handler {
    private let pending: @Sendable (Request) -> PendingResponse

    /// Makes a handler of `body`, which runs on the loop of the connection and resumes there after each suspension.
    package init<Output: ResponseConvertible>(_ body: @escaping @Sendable (Request) async throws -> Output) {
        pending = { request in PendingResponse { try await body(request).response(for: request) } }
    }

    /// Answers with the result of the closure, later.
    package func answer(_ request: Request) -> Answer { .pending(pending(request)) }
}
