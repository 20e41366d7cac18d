import GustHTTP
import HTTPTypes

/// The sites whose pages may open a WebSocket.
///
/// A browser sends the cookies of this site with a WebSocket that a page of another site opens, so that page could act as the
/// visitor. Clients that send no `Origin`, which are no browsers, are always accepted. Source: RFC 6455 §10.2.
public enum WebSocketOrigins: Sendable {
    /// Pages of the host that the request names in `Host`, with any scheme.
    case same
    /// Pages of the same host, and of these origins, such as `https://example.com`.
    case listed([String])
    /// Pages of all sites.
    case any

    /// Whether a request may open the WebSocket.
    func accept(_ request: Request) -> Bool {
        guard let origin = request.headers[.origin] else { return true }
        switch self {
        case .any: return true
        case .same: return Self.isSame(origin, request)
        case .listed(let origins):
            return origins.contains { $0.equalsIgnoringASCIICase(origin) } || Self.isSame(origin, request)
        }
    }

    private static func isSame(_ origin: String, _ request: Request) -> Bool {
        guard let host = request.headers.value(of: "host") else { return false }
        return origin.equalsIgnoringASCIICase("https://\(host)") || origin.equalsIgnoringASCIICase("http://\(host)")
    }
}
