import GustHTTP
import NIOCore

/// The parts of a server's URL that a client needs.
///
/// | URL | meaning |
/// | --- | --- |
/// | `http://example.org:3000/admin?token=1` | TCP, namespace `/admin`, a parameter of the handshake |
/// | `https://example.org`, `wss://…`, `ws://…` | TLS or not; the transport is a setting |
/// | `http+unix://%2Frun%2Fapp.sock/admin` | a Unix domain socket |
struct ServerURL: Sendable, Equatable {
    /// Where the server listens.
    enum Place: Sendable, Equatable {
        case host(String, port: Int)
        case unixSocket(path: String)

        /// Whether both have the same bytes.
        static func == (left: Place, right: Place) -> Bool {
            switch (left, right) {
            case (.host(let host, let port), .host(let other, let otherPort)):
                port == otherPort && host.hasSameBytes(as: other)
            case (.unixSocket(let path), .unixSocket(let other)): path.hasSameBytes(as: other)
            default: false
            }
        }
    }

    var place: Place
    var isSecure: Bool
    /// The value of `Host`.
    var authority: String
    /// The namespace: the path, as in socket.io-client.
    var namespace: String
    /// The query as it was written, without its question mark; empty for none.
    var query: String

    /// Whether the host is an address of IP, not a name.
    var isAddress: Bool {
        guard case .host(let host, _) = place else { return false }
        return (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }

    /// Whether both have the same bytes.
    static func == (left: ServerURL, right: ServerURL) -> Bool {
        left.place == right.place && left.isSecure == right.isSecure
            && left.authority.hasSameBytes(as: right.authority)
            && left.namespace.hasSameBytes(as: right.namespace) && left.query.hasSameBytes(as: right.query)
    }

    init(_ text: String) throws(ClientURLError) {
        guard let scheme = text.utf8.firstRange(of: "://".utf8) else {
            throw ClientURLError(text, "the scheme is missing: write http://, https://, ws:// or wss://")
        }
        let isUnix: Bool
        switch ByteText(text[..<scheme.lowerBound].lowercasedASCII()) {
        case "http", "ws": (isSecure, isUnix) = (false, false)
        case "https", "wss": (isSecure, isUnix) = (true, false)
        case "http+unix": (isSecure, isUnix) = (false, true)
        case "https+unix": (isSecure, isUnix) = (true, true)
        default: throw ClientURLError(text, "the scheme isn't http, https, ws, wss, http+unix or https+unix")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw ClientURLError(text, "it has a blank or a control character")
        }
        var rest = text[scheme.upperBound...]
        if let fragment = rest.utf8.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<fragment] }
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end]
        rest = rest[end...]
        let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let path = String(rest[..<mark])
        namespace = path.utf8.isEmpty ? "/" : path
        query = mark < rest.endIndex ? String(rest[rest.utf8.index(after: mark)...]) : ""
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            throw ClientURLError(text, "a name and a password belong into settings.headers, as Authorization")
        }
        guard !authority.utf8.isEmpty else { throw ClientURLError(text, "the host is missing") }
        if isUnix {
            let socket = PercentEncoding.decodeCapture(authority)
            guard !socket.utf8.contains(0) else { throw ClientURLError(text, "the path of the socket has a zero byte") }
            place = .unixSocket(path: socket)
            self.authority = "localhost"
            return
        }
        let (host, port) = try Self.hostAndPort(authority, of: text)
        place = .host(host, port: port ?? (isSecure ? 443 : 80))
        self.authority = String(authority)
    }

    /// Splits `host:port`, `[address]:port` or a host alone.
    static func hostAndPort(
        _ authority: Substring,
        of text: String
    ) throws(ClientURLError) -> (host: String, port: Int?) {
        var host = authority
        var port: Substring?
        if host.utf8.first == UInt8(ascii: "[") {
            guard let close = host.utf8.firstIndex(of: UInt8(ascii: "]")) else {
                throw ClientURLError(text, "the bracket of the IPv6 address isn't closed")
            }
            let behind = host[host.utf8.index(after: close)...]
            guard behind.utf8.isEmpty || behind.utf8.first == UInt8(ascii: ":") else {
                throw ClientURLError(text, "there is text between the IPv6 address and the port")
            }
            port = behind.utf8.isEmpty ? nil : Substring(behind.utf8.dropFirst())
            host = host[host.utf8.index(after: host.startIndex)..<close]
        } else if let colon = host.utf8.firstIndex(of: UInt8(ascii: ":")) {
            port = host[host.utf8.index(after: colon)...]
            host = host[..<colon]
        }
        guard !host.utf8.isEmpty else { throw ClientURLError(text, "the host is missing") }
        guard let port else { return (String(host), nil) }
        let isNumber = (1...5).contains(port.utf8.count) && port.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let number = Int(port), (1...65_535).contains(number) else {
            throw ClientURLError(text, "the port isn't a number from 1 to 65535")
        }
        return (String(host), number)
    }
}
