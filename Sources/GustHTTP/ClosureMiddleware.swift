import Synchronization

/// A middleware made of a closure.
public struct ClosureMiddleware: Middleware {
    private enum Body: Sendable {
        case immediate(@Sendable (Request, any Handler) throws -> Answer)
        case suspending(@Sendable (Request, any Handler) async throws -> Response)
    }

    private let body: Body

    /// Makes a middleware of `body`, which is given the request and the next handler, and returns an answer; costs no task.
    ///
    /// ```swift
    /// app.use(ClosureMiddleware(answering: { request, next in
    ///     guard request.headers[.authorization] == "Bearer open sesame" else { throw HTTPError(.unauthorized) }
    ///     return next.answer(request)
    /// }))
    /// ```
    ///
    /// `body` is called on the loop of the connection and must not block. What it throws is its answer.
    public init(answering body: @escaping @Sendable (Request, any Handler) throws -> Answer) {
        self.body = .immediate(body)
    }

    /// Makes a middleware of `body`, which is given the request and the next handler, and awaits the response.
    ///
    /// `body` runs on the connection's loop, in a task of each request. ``Handler/respond(to:)`` of the next handler throws
    /// the errors behind it, ``Handler/response(to:)`` returns them as responses.
    public init(_ body: @escaping @Sendable (Request, any Handler) async throws -> Response) {
        self.body = .suspending(body)
    }

    /// Answers with what the closure returns.
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

/// Keeps the response that was made of an error, for a closure that throws the error on.
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

    /// The response that was made of this very error; nil if the closure throws an error of its own.
    func response(for error: any Error) -> Response? {
        recorded.withLock { $0 }.flatMap { response in
            response.error.map { ErrorBox($0).address == ErrorBox(error).address } == true ? response : nil
        }
    }
}

/// Tells whether two errors are the same one: an error that is caught and thrown on as `any Error` stays in its box.
private struct ErrorBox {
    private let error: any Error

    init(_ error: any Error) {
        self.error = error
    }

    /// Where the runtime keeps the error: an `any Error` is one reference, and so is this struct.
    var address: UnsafeRawPointer { unsafeBitCast(self, to: UnsafeRawPointer.self) }
}
