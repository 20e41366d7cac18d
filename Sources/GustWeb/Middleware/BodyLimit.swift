public import GustHTTP
import HTTPTypes

/// Sets the maximum size of request bodies, for some routes or all, instead of the 1 MiB of `RequestBody.collect()`.
///
/// ```swift
/// app.group("/uploads", through: BodyLimit(64 << 20)) { … }
/// ```
///
/// A request whose `Content-Length` exceeds the limit is answered with 413 before its body is read. A body without a
/// length fails at the byte that exceeds the limit, whether it is collected or read piece by piece. Of two nested
/// limits, the inner one applies only if it is smaller. So put a large limit for some routes beside a small limit for
/// others, not inside it.
public struct BodyLimit: Middleware {
    private let limit: Int

    /// Accepts bodies of at most `bytes` bytes.
    public init(_ bytes: Int) {
        limit = max(0, bytes)
    }

    /// Answers with the answer of `next`, or with 413 if the body's declared length exceeds the limit.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        if let length = request.headers.value(of: "content-length").flatMap({ Int($0) }), length > limit {
            return .failed(HTTPError(.contentTooLarge, headers: [.connection: "close"]))
        }
        // A copy of the request would be the dearest part of this middleware.
        if request.body.isEmpty { return next.answer(request) }
        var request = request
        request.body.limit(to: limit)
        return next.answer(request)
    }
}
