extension SocketIOSettings {
    /// The pages that may use an endpoint, by their origin.
    ///
    /// Browsers name a page's origin (`https://example.com`); other clients name none, and are let in.
    public enum Origins: Sendable, Equatable, ExpressibleByArrayLiteral {
        /// Pages of any origin.
        case any
        /// Pages whose host and port match one of these patterns: `example.com:443`, `example.com:*`, `*:8080`.
        ///
        /// A pattern without a port matches any. The scheme isn't looked at.
        case list([String])

        /// The patterns of a list.
        public init(arrayLiteral elements: String...) { self = .list(elements) }

        /// Whether a page of that origin, or of that URL, is let in; nil is no page.
        func admits(_ origin: String?) -> Bool {
            guard case .list(let patterns) = self, let origin else { return true }
            guard let (host, port) = Self.hostAndPort(of: origin) else { return false }
            return patterns.contains { pattern in
                let (patternHost, patternPort) = Self.split(Substring(pattern.lowercased()))
                return (patternHost == "*" || patternHost == host)
                    && (patternPort == nil || patternPort == "*" || patternPort == port)
            }
        }

        private static func hostAndPort(of origin: String) -> (Substring, Substring)? {
            guard let scheme = origin.firstRange(of: "://") else { return nil }
            let name = origin[..<scheme.lowerBound].lowercased()
            let authority = origin[scheme.upperBound...].lowercased().prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            let (host, port) = split(authority)
            return host.isEmpty ? nil : (host, port ?? (name == "https" || name == "wss" ? "443" : "80"))
        }

        /// Host and port; an IPv6 address keeps its brackets.
        private static func split(_ authority: Substring) -> (Substring, Substring?) {
            guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
                return (authority, nil)
            }
            return (authority[..<colon], authority[authority.index(after: colon)...])
        }
    }
}
