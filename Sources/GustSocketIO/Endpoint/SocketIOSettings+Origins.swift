import GustHTTP

extension SocketIOSettings {
    /// The pages that may use an endpoint, by their origin.
    ///
    /// Browsers name a page's origin (`https://example.com`); other clients name none, and are let in.
    public enum Origins: Sendable, Equatable, ExpressibleByArrayLiteral {
        /// Pages of any origin may use the endpoint, but only those of its own origin read its answers: the endpoint sends no
        /// field of CORS.
        case any
        /// Pages whose scheme, host and port match one of these patterns, and only these: `https://example.com`,
        /// `https://example.com:8443`, `https://example.com:*`, `example.com:443`, `example.com`, `*:8080`.
        ///
        /// A pattern with a scheme and without a port is for the port of the scheme. A pattern without a scheme matches any
        /// scheme, and without a port any port. Compared byte by byte, but for the case of ASCII letters.
        case list([String])

        /// The patterns of a list.
        public init(arrayLiteral elements: String...) { self = .list(elements) }

        /// Whether a page of that origin, or of that URL, is let in; nil is no page.
        func admits(_ origin: String?) -> Bool {
            guard case .list(let patterns) = self, let origin else { return true }
            guard let origin = OriginParts(origin), let scheme = origin.scheme, let port = origin.port else {
                return false
            }
            return patterns.contains { pattern in
                guard let pattern = OriginParts(pattern) else { return false }
                return (pattern.scheme?.equalsIgnoringASCIICase(scheme) ?? true)
                    && (pattern.host.hasSameBytes(as: "*") || pattern.host.equalsIgnoringASCIICase(origin.host))
                    && (pattern.port.map { $0.hasSameBytes(as: "*") || $0.hasSameBytes(as: port) } ?? true)
            }
        }
    }
}
