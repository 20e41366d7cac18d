/// A response that must be awaited, with the steps that middleware applies to it afterwards.
///
/// It is the value of ``Answer/pending(_:)-enum.case``.
public struct PendingResponse: Sendable {
    /// Makes the response, or throws.
    package let work: @Sendable () async throws -> Response
    /// The last step to apply to the response, which refers to the steps before it.
    @usableFromInline var lastStep: (any PendingStep)?
    /// The request for which a response is made of an error of the work or the steps; nil if the error is thrown.
    @usableFromInline var failed: Request?
    /// The route that is set in the response after the steps so far; nil for none.
    @usableFromInline var route: RouteDescription?

    /// Makes a pending response of the asynchronous closure `work`.
    package init(_ work: @escaping @Sendable () async throws -> Response) {
        self.work = work
    }

    /// Calls the closure, applies the steps of middleware, and returns the response.
    ///
    /// - Throws: The error of the closure or of a step.
    package func response() async throws -> Response {
        let outcome: Result<Response, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        return try finish(outcome).get()
    }

    /// Applies the steps to the outcome of ``work``.
    ///
    /// This method and the steps aren't `async`, because each would cost an async frame and a check of the task's executor.
    package func finish(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error> {
        if let lastStep { outcome = lastStep.run(outcome) }
        return outcome.answeringErrors(to: failed, of: route)
    }

    /// This response with one more step, which `step` makes of the previous steps.
    @inlinable
    consuming func adding(
        _ step: (_ previous: PreviousSteps) -> any PendingStep
    ) -> PendingResponse {
        lastStep = step(PreviousSteps(last: lastStep, failed: failed, route: route))
        failed = nil
        route = nil
        return self
    }

    /// This response, with a response to `request` in place of an error.
    consuming func answeringErrors(to request: Request) -> PendingResponse {
        if failed == nil { failed = request }
        return self
    }

    /// This response as that of a route.
    consuming func of(_ route: RouteDescription) -> PendingResponse {
        if self.route == nil { self.route = route }
        return self
    }
}
