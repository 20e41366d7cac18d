import GustHTTP

extension SocketIOSettings {
    /// The origins of the pages that may use an endpoint.
    ///
    /// Browsers send the origin of a page (`https://example.com`). A client that sends no origin is
    /// admitted; for script polls and clients before 1.0 the `Referer` is checked instead if there is one.
    public enum Origins: Sendable, Equatable, ExpressibleByArrayLiteral {
        /// Pages of any origin may use the endpoint.
        ///
        /// The endpoint sends no header fields of CORS, so that pages of other origins can't read its HTTP responses.
        case any
        /// Only pages whose scheme, host and port match one of these patterns may use the endpoint.
        ///
        /// Examples: `https://example.com`, `https://example.com:8443`, `https://example.com:*`, `example.com:443`,
        /// `example.com`, `*:8080`. A pattern with a scheme and without a port matches the default port of the scheme.
        /// A pattern without a scheme matches any scheme, and, if it has no port either, any port. Text is compared by
        /// bytes, ignoring the case of ASCII letters.
        case list([String])

        /// Makes a list of patterns.
        public init(arrayLiteral elements: String...) { self = .list(elements) }

        /// Whether a page with that origin or URL is admitted; nil for a client that isn't a page.
        package func admits(_ origin: String?) -> Bool {
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
