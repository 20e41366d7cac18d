/// One step of a ``PendingResponse``.
@usableFromInline
protocol PendingStep: AnyObject, Sendable {
    /// Applies the previous steps, then this step.
    func run(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error>
}

/// A step that changes the response.
@usableFromInline
final class EditingStep<Context: Sendable>: PendingStep {
    private let previous: (any PendingStep)?
    /// The request for which a response is made of an error of the previous steps; nil if the error stays an error.
    private let failed: Request?
    private let context: Context
    private let edit: @Sendable (inout Response, Context) throws -> Void

    @usableFromInline
    init(
        _ previous: (any PendingStep)?,
        _ failed: Request?,
        _ context: Context,
        _ edit: @escaping @Sendable (inout Response, Context) throws -> Void
    ) {
        self.previous = previous
        self.failed = failed
        self.context = context
        self.edit = edit
    }

    @usableFromInline
    func run(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error> {
        if let previous { outcome = previous.run(outcome) }
        switch outcome.answeringErrors(to: failed) {
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
    private let previous: (any PendingStep)?
    private let failed: Request?
    private let transform: @Sendable (any Error) throws -> Response

    init(
        _ previous: (any PendingStep)?,
        _ failed: Request?,
        _ transform: @escaping @Sendable (any Error) throws -> Response
    ) {
        self.previous = previous
        self.failed = failed
        self.transform = transform
    }

    func run(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error> {
        if let previous { outcome = previous.run(outcome) }
        switch outcome.answeringErrors(to: failed) {
        case .success(let response):
            guard let error = response.error else { return .success(response) }
            return Result { try transform(error) }
        case .failure(let error):
            return Result { try transform(error) }
        }
    }
}

extension Result<Response, any Error> {
    /// This outcome, with a response in place of an error if `request` isn't nil.
    consuming func answeringErrors(to request: Request?) -> Self {
        switch consume self {
        case .success(let response): return .success(response)
        case .failure(let error):
            guard let request else { return .failure(error) }
            return .success(Response(answering: error, to: request))
        }
    }
}
