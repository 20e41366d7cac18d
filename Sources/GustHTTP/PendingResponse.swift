/// A response that has to be awaited, and what middleware does to it then.
///
/// ``Answer/pending(_:)-enum.case`` has one.
public struct PendingResponse: Sendable {
    /// What makes the response, or throws.
    package let work: @Sendable () async throws -> Response
    /// What is done to the response, the last step first.
    @usableFromInline var lastStep: (any PendingStep)?
    /// The request that an error of the work or of the steps is answered to; nil if the error stays one.
    @usableFromInline var failed: Request?

    /// A response that `work` makes.
    public init(_ work: @escaping @Sendable () async throws -> Response) {
        self.work = work
    }

    /// The response.
    ///
    /// - Throws: what the work or a step throws.
    public func response() async throws -> Response {
        let outcome: Result<Response, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        return try finish(outcome).get()
    }

    /// What the steps make of the outcome of ``work``.
    ///
    /// Not async, and neither are the steps: each would cost a frame and a look at the task's executor.
    package func finish(_ outcome: consuming Result<Response, any Error>) -> Result<Response, any Error> {
        if let lastStep { outcome = lastStep.run(outcome) }
        return outcome.answeringErrors(to: failed)
    }

    /// The same response with one step more; the step is made of those before it.
    @inlinable
    consuming func adding(
        _ step: (_ previous: (any PendingStep)?, _ failed: Request?) -> any PendingStep
    ) -> PendingResponse {
        lastStep = step(lastStep, failed)
        failed = nil
        return self
    }

    /// The same response, or one in the place of its error.
    consuming func answeringErrors(to request: Request) -> PendingResponse {
        if failed == nil { failed = request }
        return self
    }
}
