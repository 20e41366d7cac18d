import Foundation

/// Scheme, host and port of a server.
struct SiteAddress {
    /// Such as `https://example.com:8443`, without a slash at the end.
    let text: String
    let isSecure: Bool
    let isLoopback: Bool

    /// Reads a URL, whose path is left out; nil if it isn't one of http or https.
    init?(_ url: String) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme, ["http", "https"].contains(where: { scheme.utf8.elementsEqual($0.utf8) })
        else { return nil }
        isSecure = scheme.utf8.count == 5
        isLoopback = ["localhost", "127.0.0.1", "::1", "[::1]"].contains { host.utf8.elementsEqual($0.utf8) }
        text = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
}
