/// What a handler answers: a response now, an error now, or a response later.
///
/// ```swift
/// struct Countdown: Handler {
///     func answer(_ request: Request) -> Answer { .ready(Response("3 2 1")) }
/// }
/// ```
///
/// ``ready(_:)`` and ``failed(_:)`` cost no task. A middleware changes the answer of the handler behind it by
/// ``edited(with:_:)``, ``map(_:)``, ``flatMap(_:)`` or ``recover(_:)``, which do the same to a response that is ready and to one
/// that comes later.
public enum Answer: Sendable {
    /// The response.
    case ready(Response)
    /// An error, which is answered as ``Response/init(answering:to:)`` says.
    case failed(any Error)
    /// A response that has to be awaited.
    case pending(PendingResponse)

    /// A response that has to be awaited: `work` makes it.
    ///
    /// The closure is called once at most, in one task for the whole request, which runs on the loop of the connection and is
    /// cancelled when the client closes the connection. It starts at once and costs no hop unless it suspends.
    public static func pending(_ work: @escaping @Sendable () async throws -> Response) -> Answer {
        .pending(PendingResponse(work))
    }

    /// The response that `body` returns, or the error that it throws, now.
    @inlinable
    public init(catching body: () throws -> Response) {
        do { self = .ready(try body()) } catch { self = .failed(error) }
    }

    /// The response, awaited if it is pending.
    ///
    /// - Throws: the error of a failed answer, or what the closure of a pending one throws.
    public func response() async throws -> Response {
        switch self {
        case .ready(let response): response
        case .failed(let error): throw error
        case .pending(let pending): try await pending.response()
        }
    }

    /// The response if it is ready; nil if it is pending.
    ///
    /// - Throws: the error of a failed answer.
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
    /// This answer with another response: `transform` is called with the response when there is one.
    ///
    /// Behind a middleware's `next` every error is a response already, with its ``Response/error``, so that `transform` is called
    /// for each request. A failed answer stays as it is. What `transform` throws becomes the error of the answer.
    public consuming func map(_ transform: @escaping @Sendable (Response) throws -> Response) -> Answer {
        edited(with: transform) { response, transform in response = try transform(response) }
    }

    /// This answer with its response changed in place.
    ///
    /// Does what ``map(_:)`` does, without an allocation where the response is ready: give what `edit` needs as `context`, and
    /// let it capture nothing.
    ///
    /// ```swift
    /// next.answer(request).edited(with: self) { response, stamp in response.headers[.server] = stamp.text }
    /// ```
    @inlinable
    public consuming func edited<Context: Sendable>(
        with context: Context,
        _ edit: @escaping @Sendable (inout Response, Context) throws -> Void
    ) -> Answer {
        switch consume self {
        case .ready(var response):
            do {
                try edit(&response, context)
                return .ready(response)
            } catch {
                return .failed(error)
            }
        case .failed(let error):
            return .failed(error)
        case .pending(let pending):
            return .pending(pending.adding { EditingStep($0, $1, context, edit) })
        }
    }

    /// The answer that `transform` makes of the response, which may be one that has to be awaited.
    ///
    /// A failed answer stays as it is.
    public consuming func flatMap(_ transform: @escaping @Sendable (Response) -> Answer) -> Answer {
        switch consume self {
        case .ready(let response): transform(response)
        case .failed(let error): .failed(error)
        case .pending(let pending): .pending { try await transform(pending.response()).response() }
        }
    }

    /// This answer, but for errors the response that `transform` makes of them.
    ///
    /// Called for every error of any type, whether it was thrown at once or later, and whether or not a handler in between
    /// made a response of it already (``Response/error``). What `transform` throws becomes the error of the answer.
    public consuming func recover(_ transform: @escaping @Sendable (any Error) throws -> Response) -> Answer {
        switch consume self {
        case .ready(let response):
            guard let error = response.error else { return .ready(response) }
            return Answer { try transform(error) }
        case .failed(let error):
            return Answer { try transform(error) }
        case .pending(let pending):
            return .pending(pending.adding { RecoveringStep($0, $1, transform) })
        }
    }

    /// This answer with a response in the place of every error.
    package consuming func answeringErrors(to request: Request) -> Answer {
        switch consume self {
        case .ready(let response): .ready(response)
        case .failed(let error): .ready(Response(answering: error, to: request))
        case .pending(let pending): .pending(pending.answeringErrors(to: request))
        }
    }
}
