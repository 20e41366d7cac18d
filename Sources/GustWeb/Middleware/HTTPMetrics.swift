public import CoreMetrics
public import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// Measures requests by swift-metrics: their number, how long they take, the sizes of the responses, and how many are in progress.
///
/// ```swift
/// app.use(HTTPMetrics())
/// ```
///
/// The metrics are `http_server_requests_total`, `http_server_request_duration_seconds` and `http_server_response_body_bytes`, with the
/// dimensions `method`, `route` (the pattern of the route, or `none` for a response that is the router's or a middleware's own) and
/// `status` (the class, such as `2xx`), and the gauge `http_server_active_requests` with the dimension `method`. A method that
/// RFC 9110 or RFC 5789 doesn't define is `other`, so that the program bounds the number of series, and not its clients.
///
/// A streamed response (a poll, server-sent events, a file) lasts until its last bytes have been handed to the operating system; other
/// responses, and upgrades, last until the handler has answered. If the client disconnects before an async handler has answered, the
/// response counts as `4xx`, like the status 499 of ``AccessLog``. With a factory that discards all values, nothing is measured.
/// Add this middleware around all other middleware.
public struct HTTPMetrics: Middleware {
    private let table: HTTPMetricsTable?

    /// Makes the middleware.
    ///
    /// - Parameter factory: the factory of the metrics; nil for the factory that the program has bootstrapped
    ///   (`MetricsSystem.factory`).
    public init(_ factory: (any MetricsFactory)? = nil) {
        let factory = factory ?? MetricsSystem.factory
        table = factory is NOOPMetricsHandler ? nil : HTTPMetricsTable(factory)
    }

    /// Answers with the answer of `next`, and measures it.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let table else { return next.answer(request) }
        let measured = MeasuredRequest(request, table)
        return next.answer(request).edited(with: measured) { response, measured in measured.watch(&response) }
    }
}
