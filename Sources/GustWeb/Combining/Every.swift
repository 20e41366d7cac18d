public import GustHTTP

/// Several middlewares as one, the first of which is the outermost, for combinations such as ``AnyOf`` and ``Except``.
///
/// ```swift
/// let trusted = Every(try AddressRestriction(allowing: ["10.0.0.0/8"]), BasicAuthentication(users: ["ada": "secret"]))
/// app.group("/admin", through: AnyOf(BearerAuthentication(tokens: [key]), trusted)) { … }
/// ```
public struct Every: Middleware {
    private let middleware: [any Middleware]

    /// Combines the middlewares; without any, requests are passed on.
    public init(_ middleware: any Middleware...) {
        self.middleware = middleware
    }

    /// Answers with the answer of `next` inside of all middlewares.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let first = middleware.first else { return next.answer(request) }
        return first.answer(request, next: Rest(middleware, from: 1, next))
    }

    /// The middlewares from a place of the list on, and the handler inside of them.
    private final class Rest: Handler {
        private let middleware: [any Middleware]
        private let index: Int
        private let next: any Handler

        init(_ middleware: [any Middleware], from index: Int, _ next: any Handler) {
            self.middleware = middleware
            self.index = index
            self.next = next
        }

        func answer(_ request: Request) -> Answer {
            guard index < middleware.count else { return next.answer(request) }
            // The answer of the next handler never fails.
            return middleware[index].answer(request, next: Rest(middleware, from: index + 1, next))
                .answeringErrors(to: request)
        }

        func shutDown() { next.shutDown() }
    }
}
