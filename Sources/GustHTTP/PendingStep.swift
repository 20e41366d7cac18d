/// One step of a ``PendingResponse``.
@usableFromInline
protocol PendingStep: AnyObject, Sendable {
    /// Applies the previous steps, then this step.
    func run(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error>
}

/// What a step runs first.
@usableFromInline
struct PreviousSteps: Sendable {
    /// The step before; nil for the first step.
    private let last: (any PendingStep)?
    /// The request for which a response is made of an error of the previous steps; nil if the error stays an error.
    private let failed: Request?
    /// The route of the response; nil for none.
    private let route: RouteDescription?

    @usableFromInline
    init(last: (any PendingStep)?, failed: Request?, route: RouteDescription?) {
        self.last = last
        self.failed = failed
        self.route = route
    }

    func run(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error> {
        if let last { outcome = last.run(outcome) }
        return outcome.answeringErrors(to: failed, of: route)
    }
}

/// A step that changes the response.
@usableFromInline
final class EditingStep<Context: Sendable>: PendingStep {
    private let previous: PreviousSteps
    private let context: Context
    private let edit: @Sendable (inout Response, Context) throws -> Void

    @usableFromInline
    init(
        _ previous: PreviousSteps,
        _ context: Context,
        _ edit: @escaping @Sendable (inout Response, Context) throws -> Void
    ) {
        self.previous = previous
        self.context = context
        self.edit = edit
    }

    @usableFromInline
    func run(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error> {
        switch previous.run(outcome) {
        case .success(var response):
            do {
                try edit(&response, context)
                return .success(response)
            } catch {
                return .failure(error)
            }
        case .failure(let error):
            return .failure(error)
        }
    }
}

/// A step that makes a response of an error.
final class RecoveringStep: PendingStep {
    private let previous: PreviousSteps
    private let transform: @Sendable (any Error) throws -> Response

    init(
        _ previous: PreviousSteps,
        _ transform: @escaping @Sendable (any Error) throws -> Response
    ) {
        self.previous = previous
        self.transform = transform
    }

    func run(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error> {
        switch previous.run(outcome) {
        case .success(let response):
            guard let error = response.error else { return .success(response) }
            return Result { try transform(error) }
        case .failure(let error):
            return Result { try transform(error) }
        }
    }
}

extension Result<Response, any Error> {
    /// This outcome, with a response in place of an error if `request` isn't nil, and with its route if `route` isn't nil.
    consuming func answeringErrors(to request: Request?, of route: RouteDescription?) -> Self {
        switch consume self {
        case .success(var response):
            if let route, response.matchedRoute == nil { response.matchedRoute = route }
            return .success(response)
        case .failure(let error):
            guard let request else { return .failure(error) }
            var response = Response(answering: error, to: request)
            response.matchedRoute = route
            return .success(response)
        }
    }
}
