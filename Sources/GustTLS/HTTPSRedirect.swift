#if TLS
import GustHTTP
import HTTPTypes
import Synchronization

/// Answers each request with a redirect (308) to the same URL with the scheme `https`.
final class HTTPSRedirect: Handler {
    private let port: Atomic<Int>

    /// `port` is the port of https.
    init(port: Int) {
        self.port = Atomic(port)
    }

    /// Sets the port of https, once the system has picked it.
    func set(port: Int) { self.port.store(port, ordering: .relaxed) }

    func answer(_ request: Request) -> Answer {
        // A request of HTTP/1.0 may have no `Host`; the target `*` has no URL.
        guard let host = request.headers.value(of: "host"), !host.isEmpty,
            request.target.path.utf8.first == UInt8(ascii: "/")
        else { return .failed(HTTPError(.badRequest, "use https")) }
        let port = port.load(ordering: .relaxed)
        let authority = Self.name(of: host) + (port == 443 ? "" : ":\(port)")
        return .ready(
            Response(status: .permanentRedirect, headers: [.location: "https://\(authority)\(request.target.text)"])
        )
    }

    /// The host without its port; the parser has checked the field.
    private static func name(of host: String) -> Substring {
        let utf8 = host.utf8
        let start =
            utf8.first == UInt8(ascii: "[")
            ? utf8.firstIndex(of: UInt8(ascii: "]")) ?? utf8.startIndex : utf8.startIndex
        return host[..<(utf8[start...].firstIndex(of: UInt8(ascii: ":")) ?? utf8.endIndex)]
    }
}
#endif
