/// The answer of a handler: a response now, an error now, or a response later.
///
/// ```swift
/// struct Countdown: Handler {
///     func answer(_ request: Request) -> Answer { .ready(Response("3 2 1")) }
/// }
/// ```
///
/// ``ready(_:)`` and ``failed(_:)`` cost no task. A middleware changes the answer of the next handler by
/// `edited(with:_:)`, ``map(_:)``, ``flatMap(_:)`` or ``recover(_:)``, which treat ready and pending responses alike.
public enum Answer: Sendable {
    /// A response that is available now.
    case ready(Response)
    /// An error, from which the server makes the response: of an ``HTTPError`` with its status, message and fields, of an error that is
    /// ``ResponseConvertible`` by ``ResponseConvertible/response(for:)``, of other errors with the status 500 and without their text.
    case failed(any Error)
    /// A response that must be awaited.
    case pending(PendingResponse)

    /// An answer whose response is made by the asynchronous closure `work`.
    ///
    /// The closure is called at most once, in the one task of the request. The task runs on the loop of the connection and is
    /// cancelled when the client closes the connection. The task starts at once, and hops to the loop only after it has
    /// suspended.
    public static func pending(_ work: @escaping @Sendable () async throws -> Response) -> Answer {
        .pending(PendingResponse(work))
    }

    /// Calls `body`, and makes an answer of the response that it returns or the error that it throws.
    @inlinable
    package init(catching body: () throws -> Response) {
        do { self = .ready(try body()) } catch { self = .failed(error) }
    }

    /// The response, awaited if it is pending.
    ///
    /// - Throws: The error of a failed answer, or the error that the closure of a pending answer throws.
    package func response() async throws -> Response {
        switch self {
        case .ready(let response): response
        case .failed(let error): throw error
        case .pending(let pending): try await pending.response()
        }
    }

    /// The response if the answer is ready; nil if the answer is pending.
    ///
    /// - Throws: The error of a failed answer.
    package var immediateResponse: Response? {
        get throws {
            switch self {
            case .ready(let response): response
            case .failed(let error): throw error
            case .pending: nil
            }
        }
    }
}

extension Answer {
    /// This answer with the response that `transform` returns for the present response.
    ///
    /// The answers of a middleware's `next` never fail: an error is a response with its ``Response/error``, so `transform` is
    /// called for each request. Elsewhere a failed answer stays failed. If `transform` throws, the answer fails with that
    /// error.
    public consuming func map(_ transform: @escaping @Sendable (Response) throws -> Response) -> Answer {
        edited(with: transform) { response, transform in response = try transform(response) }
    }

    /// This answer after `edit` has changed its response in place.
    ///
    /// This method is like ``map(_:)``, but allocates nothing if the response is ready and `edit` captures nothing. Pass the
    /// values that `edit` needs as `context`.
    ///
    /// ```swift
    /// next.answer(request).edited(with: self) { response, stamp in response.headers[.server] = stamp.text }
    /// ```
    @inlinable
    package consuming func edited<Context: Sendable>(
        with context: Context,
        _ edit: @escaping @Sendable (inout Response, Context) throws -> Void
    ) -> Answer {
        switch consume self {
        case .ready(var response):
            do {
                try edit(&response, context)
                return .ready(consume response)
            } catch {
                return .failed(error)
            }
        case .failed(let error):
            return .failed(error)
        case .pending(let pending):
            return .pending(pending.adding { EditingStep($0, context, edit) })
        }
    }

    /// The answer that `transform` returns for the response, which may be a pending answer.
    ///
    /// A failed answer stays failed.
    public consuming func flatMap(_ transform: @escaping @Sendable (Response) -> Answer) -> Answer {
        switch consume self {
        case .ready(let response): transform(response)
        case .failed(let error): .failed(error)
        case .pending(let pending): .pending { try await transform(pending.response()).response() }
        }
    }

    /// This answer, with the response that `transform` returns in place of an error.
    ///
    /// `transform` is called for errors of any type, at once or later, including an error of which an inner handler has
    /// already made a response (``Response/error``). If `transform` throws, the answer fails with that error.
    public consuming func recover(_ transform: @escaping @Sendable (any Error) throws -> Response) -> Answer {
        switch consume self {
        case .ready(let response):
            guard let error = response.error else { return .ready(response) }
            return Answer { try transform(error) }
        case .failed(let error):
            return Answer { try transform(error) }
        case .pending(let pending):
            return .pending(pending.adding { RecoveringStep($0, transform) })
        }
    }

    /// This answer with a response in place of an error, by ``Response/init(answering:to:)``.
    package consuming func answeringErrors(to request: Request) -> Answer {
        switch consume self {
        case .ready(let response): .ready(response)
        case .failed(let error): .ready(Response(answering: error, to: request))
        case .pending(let pending): .pending(pending.answeringErrors(to: request))
        }
    }

    /// This answer as that of a route, with a response to `request` in place of an error.
    ///
    /// A response that has a route already keeps it. Nothing is allocated, except for an error.
    package consuming func answeringErrors(to request: Request, of route: RouteDescription) -> Answer {
        switch consume self {
        case .ready(var response):
            response.setRoute(route)
            return .ready(consume response)
        case .failed(let error):
            var response = Response(answering: error, to: request)
            response.matchedRoute = route
            return .ready(response)
        case .pending(let pending): return .pending(pending.answeringErrors(to: request).of(route))
        }
    }
}
