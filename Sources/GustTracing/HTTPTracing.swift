#if Tracing
public import GustHTTP
import HTTPTypes
public import Tracing

/// Makes a span for each request, by swift-distributed-tracing.
///
/// ```swift
/// app.use(HTTPTracing())
/// ```
///
/// The tracer extracts the context of the caller from the header fields, usually W3C's `traceparent`; the span is a span of a server,
/// and is the context of the task (`ServiceContext.current`) in inner middleware, in the handler and in the closure of a streamed
/// response. Its name is the method and the pattern of the route. The attributes are those of OpenTelemetry's conventions for HTTP
/// servers: `http.request.method` (`_OTHER` if neither RFC 9110 nor RFC 5789 defines the method), `url.scheme`, `url.path`, `http.route`,
/// `http.response.status_code`, `client.address`, `user_agent.original`, and `error.type` for a status from 500. The query, which often
/// has secrets, is left out.
///
/// A span ends when the handler has answered, or when a streamed response has ended. If the client disconnects before an async handler has
/// answered, the status is 499, as in the access log. Put this middleware around all other
/// middleware but `TrustedProxies`. The span of the handshake of a Socket.IO connection is linked by the spans of its events; see
/// ``EventTracing``.
public struct HTTPTracing: Middleware {
    private let tracer: (any Tracer)?

    /// Makes the middleware.
    ///
    /// - Parameter tracer: the tracer; nil for the tracer that the program has bootstrapped (`InstrumentationSystem.tracer`).
    public init(_ tracer: (any Tracer)? = nil) {
        self.tracer = tracer
    }

    /// Answers with the answer of `next`, within a span.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let span = RequestSpan(request, tracer ?? InstrumentationSystem.tracer)
        var request = request
        request.storage[HandshakeContext.self] = span.context
        let answer = ServiceContext.withValue(span.context) { next.answer(request) }
        guard case .pending(let pending) = answer else {
            return answer.edited(with: span) { response, span in span.watch(&response) }
        }
        // The task of a pending answer is started by the server, outside of the span.
        return .pending {
            var response = try await ServiceContext.withValue(span.context) { try await pending.response() }
            span.watch(&response)
            return response
        }
    }
}
#endif
