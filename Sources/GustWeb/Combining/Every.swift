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
        next.wrapped(in: middleware).answer(request)
    }
}
