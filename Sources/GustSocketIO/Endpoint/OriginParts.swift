import GustHTTP

/// The parts of an origin, of a URL, or of a pattern of origins; the text is split by bytes.
struct OriginParts {
    /// The scheme; nil if there is none.
    let scheme: Substring?
    /// The host; an IPv6 address keeps its brackets.
    let host: Substring
    /// The port, digits or `*`: the default port of the scheme if the text names no port, nil if it names
    /// no scheme either.
    let port: Substring?

    /// Reads an origin.
    ///
    /// - Returns: nil if there is no host, if a user precedes the host, or if the port is neither digits nor `*`.
    init?(_ text: String) {
        var rest = text[...]
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: ":")), rest[mark...].hasBytePrefix("://") {
            scheme = rest[..<mark]
            rest = rest[rest.utf8.index(mark, offsetBy: 3)...]
        } else {
            scheme = nil
        }
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        rest = rest[..<(end ?? rest.endIndex)]
        guard !rest.utf8.contains(UInt8(ascii: "@")) else { return nil }
        if let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")), !rest[colon...].utf8.contains(UInt8(ascii: "]")) {
            let port = rest[rest.utf8.index(after: colon)...]
            guard port.hasSameBytes(as: "*") || !port.utf8.isEmpty && port.utf8.allSatisfy(Self.isDigit) else {
                return nil
            }
            self.port = port
            host = rest[..<colon]
        } else {
            host = rest
            port = scheme.map(Self.port)
        }
        guard !host.utf8.isEmpty else { return nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func port(of scheme: Substring) -> Substring {
        scheme.equalsIgnoringASCIICase("https") || scheme.equalsIgnoringASCIICase("wss") ? "443" : "80"
    }
}
