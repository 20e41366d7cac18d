import CoreMetrics
import GustHTTP
import HTTPTypes
import Synchronization

/// The metrics of requests by method, route and class of the status.
final class HTTPMetricsTable: Sendable {
    /// The metrics of one combination.
    struct Entry: Sendable {
        let count: CoreMetrics.Counter
        let duration: CoreMetrics.Timer
        let size: CoreMetrics.Recorder
    }

    private struct Key: Hashable {
        let method: Int
        let route: ByteText
        let status: Int
    }

    /// The methods of RFC 9110 §9.3 and RFC 5789; a method's place is its number, and the number behind them is that of other methods.
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch,
    ]
    private static let names = methods.map(\.rawValue) + ["other"]

    private let factory: any MetricsFactory
    private let active: [CoreMetrics.Meter]
    /// One short lock for each request; a recorder of swift-metrics usually takes one too.
    private let entries = Mutex<[Key: Entry]>([:])

    init(_ factory: any MetricsFactory) {
        self.factory = factory
        active = Self.names.map { name in
            Meter(label: "http_server_active_requests", dimensions: [("method", name)], factory: factory)
        }
    }

    /// The number of a method.
    static func number(of method: HTTPRequest.Method) -> Int { methods.firstIndex(of: method) ?? methods.count }

    /// The number of requests in progress with the method of a number.
    func active(_ method: Int) -> CoreMetrics.Meter { active[method] }

    /// The metrics of responses with a status to a method of a number.
    func entry(_ method: Int, route: String, _ status: HTTPResponse.Status) -> Entry {
        let key = Key(method: method, route: ByteText(route), status: status.code / 100)
        return entries.withLock { entries in
            if let entry = entries[key] { return entry }
            let dimensions = [("method", Self.names[method]), ("route", route), ("status", "\(key.status)xx")]
            let entry = Entry(
                count: .init(label: "http_server_requests_total", dimensions: dimensions, factory: factory),
                duration: .init(
                    label: "http_server_request_duration_seconds",
                    dimensions: dimensions,
                    factory: factory
                ),
                size: .init(label: "http_server_response_body_bytes", dimensions: dimensions, factory: factory)
            )
            entries[key] = entry
            return entry
        }
    }
}
