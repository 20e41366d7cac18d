#if Tracing
import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization
import Tracing

/// The span of one request.
///
/// It ends with the response, or when nothing refers to it because no response is sent.
final class RequestSpan: Sendable {
    private let span: any Span
    private let method: String
    private let hasEnded = Atomic<Bool>(false)

    /// The methods of RFC 9110 §9.3 and RFC 5789.
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch,
    ]

    init(_ request: Request, _ tracer: any Tracer) {
        var context = ServiceContext.topLevel
        tracer.extract(request.headers, into: &context, using: FieldExtractor())
        // A name of the client's choice would be a name of a span, of which there should be few.
        let isKnown = Self.methods.contains(request.method)
        method = isKnown ? request.method.rawValue : "HTTP"
        let span: any Span = tracer.startSpan(method, context: context, ofKind: .server)
        self.span = span
        span.attributes["http.request.method"] = isKnown ? method : "_OTHER"
        span.attributes["url.scheme"] = request.scheme
        span.attributes["url.path"] = request.path
        if let address = request.peer.address?.ipAddress { span.attributes["client.address"] = address }
        if let agent = request.headers[.userAgent] { span.attributes["user_agent.original"] = agent }
    }

    deinit { end() }

    var context: ServiceContext { span.context }

    /// Adds what is known of the response, and ends the span with it.
    func watch(_ response: inout Response) {
        if let route = response.matchedRoute?.pattern {
            span.operationName = "\(method) \(route)"
            span.attributes["http.route"] = route
        }
        // The client disconnected before the handler answered, so its task was cancelled and the response isn't sent.
        if Task.isCancelled { return end(HTTPResponse.Status(code: 499)) }
        if let error = response.error { span.recordError(error) }
        guard case .stream(let body) = response.body else { return end(response.status) }
        response.body = .stream { writer in
            ServiceContext.withValue(self.context) { body(TracedWriter(writer, self)) }
        }
    }

    /// Ends the span with the status of a response.
    func end(_ status: HTTPResponse.Status) {
        span.attributes["http.response.status_code"] = status.code
        if status.code >= 500 {
            span.attributes["error.type"] = "\(status.code)"
            span.setStatus(SpanStatus(code: .error))
        }
        end()
    }

    private func end() {
        if !hasEnded.exchange(true, ordering: .relaxed) { span.end() }
    }
}
#endif
