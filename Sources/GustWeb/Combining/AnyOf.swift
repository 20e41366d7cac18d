public import GustHTTP
import HTTPTypes
import Synchronization

/// Several middlewares of which one has to admit a request, such as two kinds of authentication.
///
/// ```swift
/// app.group("/api", through: AnyOf(BearerAuthentication(tokens: [key]), try AddressRestriction(allowing: ["10.0.0.0/8"]))) { … }
/// ```
///
/// They are tried in order. A middleware admits a request by passing it on; then the others aren't called, whatever the answer of
/// the handler is. If it answers an error itself (a status of 400 or more), the next one is tried; if none is left, the answer is
/// that of the last. A middleware that answers otherwise without passing the request on, such as a redirect or the response to a
/// preflight, has answered it. A middleware that reads the body must be the last.
public struct AnyOf: Middleware {
    private let first: any Middleware
    private let others: [any Middleware]

    /// Combines at least two.
    public init(_ first: any Middleware, _ others: any Middleware...) {
        self.first = first
        self.others = others
    }

    /// Answers with the answer of the first middleware that admits the request, or with the refusal of the last.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        answer(request, first, others[...], next)
    }

    private func answer(
        _ request: Request,
        _ middleware: any Middleware,
        _ others: ArraySlice<any Middleware>,
        _ next: any Handler
    ) -> Answer {
        guard let other = others.first else { return middleware.answer(request, next: next) }
        let gate = Gate(next)
        let tryOther: @Sendable () -> Answer = { answer(request, other, others.dropFirst(), next) }
        switch middleware.answer(request, next: gate) {
        case .ready(let response):
            return gate.refuses(response) ? tryOther() : .ready(response)
        case .failed(let error):
            return gate.wasPassed ? .failed(error) : tryOther()
        case .pending(let pending):
            return .pending {
                do {
                    let response = try await pending.response()
                    guard gate.refuses(response) else { return response }
                } catch {
                    guard !gate.wasPassed else { throw error }
                }
                return try await tryOther().response()
            }
        }
    }

    /// The next handler, which records that a middleware has passed the request on.
    private final class Gate: Handler {
        private let next: any Handler
        private let hasPassed = Atomic(false)

        init(_ next: any Handler) {
            self.next = next
        }

        var wasPassed: Bool { hasPassed.load(ordering: .relaxed) }

        func answer(_ request: Request) -> Answer {
            hasPassed.store(true, ordering: .relaxed)
            return next.answer(request)
        }

        func shutDown() { next.shutDown() }

        /// Whether the response is the middleware's own refusal.
        func refuses(_ response: Response) -> Bool { !wasPassed && response.status.code >= 400 }
    }
}
