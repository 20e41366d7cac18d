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
    public func answer(_ request: Request, next: any Handler) -> Answer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            return .failed(HTTPError(.contentTooLarge, headers: [.connection: "close"]))
        }
        var request = request
        request.body.limit(to: limit)
        return next.answer(request)
    }
}
