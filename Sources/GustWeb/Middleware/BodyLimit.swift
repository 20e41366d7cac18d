public import GustHTTP
import HTTPTypes

/// Sets how long the bodies of requests may be, for some routes or all: more or less than the 1 MiB that
/// ``RequestBody/collect()`` takes.
///
/// ```swift
/// app.group("/uploads", through: BodyLimit(64 << 20)) { … }
/// ```
///
/// A request whose `Content-Length` says more is answered 413 before anything is read. A body without a length is refused
/// where it passes the limit, whether it is collected or read piece by piece. Of two limits the inner one counts if it is
/// smaller; so put a large one for some routes beside a small one for the others, not inside.
public struct BodyLimit: Middleware {
    private let limit: Int

    /// Lets bodies of at most `bytes` through.
    public init(_ bytes: Int) {
        limit = max(0, bytes)
    }

    /// Answers with what is behind it, unless the body is too long.
    public func respond(to request: Request, next: any Handler) async throws -> Response {
        try await next.respond(to: limited(request))
    }

    /// The same at once.
    public func respondInPlace(to request: Request, next: any Handler) throws -> Response? {
        try next.respondInPlace(to: limited(request))
    }

    private func limited(_ request: Request) throws(HTTPError) -> Request {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw HTTPError(.contentTooLarge, headers: [.connection: "close"])
        }
        var request = request
        request.body.limit(to: limit)
        return request
    }
}
