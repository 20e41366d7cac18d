import Synchronization

/// A middleware made of a closure.
public struct ClosureMiddleware: Middleware {
    private enum Body: Sendable {
        case immediate(@Sendable (Request, any Handler) throws -> Answer)
        case suspending(@Sendable (Request, any Handler) async throws -> Response)
    }

    private let body: Body

    /// Makes a middleware of a synchronous closure, which is called with the request and the next handler; it costs no task.
    ///
    /// ```swift
    /// app.use(ClosureMiddleware(answering: { request, next in
    ///     guard request.headers[.authorization] == "Bearer open sesame" else { throw HTTPError(.unauthorized) }
    ///     return next.answer(request)
    /// }))
    /// ```
    ///
    /// `body` is called on the loop of the connection and must not block. If `body` throws, the error is answered.
    public init(answering body: @escaping @Sendable (Request, any Handler) throws -> Answer) {
        self.body = .immediate(body)
    }

    /// Makes a middleware of an asynchronous closure, which is called with the request and the next handler.
    ///
    /// `body` runs on the loop of the connection, in the task of the request. For an error of an inner handler,
    /// ``Handler/respond(to:)`` of the next handler throws, and ``Handler/response(to:)`` returns a response.
    public init(_ body: @escaping @Sendable (Request, any Handler) async throws -> Response) {
        self.body = .suspending(body)
    }

    /// Answers with the result of the closure.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        switch body {
        case .immediate(let body):
            do { return try body(request, next) } catch { return .failed(error) }
        case .suspending(let body):
            return .pending {
                let next = RecordingHandler(next)
                do {
                    return try await body(request, next)
                } catch {
                    guard let response = next.response(for: error) else { throw error }
                    return response
                }
            }
        }
    }
}

/// Records the response that the inner handlers made of an error, for a closure that rethrows the error.
private final class RecordingHandler: Handler {
    private let handler: any Handler
    private let recorded = Mutex<Response?>(nil)

    init(_ handler: any Handler) {
        self.handler = handler
    }

    func answer(_ request: Request) -> Answer {
        handler.answer(request).edited(with: self) { response, recorder in
            guard response.error != nil else { return }
            let response = response
            recorder.recorded.withLock { $0 = response }
        }
    }

    func shutDown() { handler.shutDown() }

    /// The recorded response if it was made of this error instance; nil if the closure throws another error.
    func response(for error: any Error) -> Response? {
        recorded.withLock { $0 }.flatMap { response in
            response.error.map { ErrorBox($0).address == ErrorBox(error).address } == true ? response : nil
        }
    }
}

/// Identifies an error instance: an error that is caught and rethrown as `any Error` stays in the same box.
private struct ErrorBox {
    private let error: any Error

    init(_ error: any Error) {
        self.error = error
    }

    /// The address of the error's box: an `any Error` is one reference, so this struct has the same layout.
    var address: UnsafeRawPointer { unsafeBitCast(self, to: UnsafeRawPointer.self) }
}
