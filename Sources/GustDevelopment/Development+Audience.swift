import GustHTTP
import GustRouting
import HTTPTypes
import NIOCore

extension Development.Audience {
    private static let forwardingFields = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"]
        .compactMap { HTTPField.Name($0) }

    /// Whether the sender of a request belongs to the audience.
    func includes(_ request: Request) -> Bool {
        switch self {
        case .everybody: true
        case .thisMachine:
            Self.isLoopback(request.peer.address) && Self.isLocal(request.hostName)
                && !Self.forwardingFields.contains { request.headers[$0] != nil }
        }
    }

    /// Whether an address is one of this machine; a Unix socket, and the client of a test in memory, have none.
    static func isLoopback(_ address: SocketAddress?) -> Bool {
        guard let text = address?.ipAddress else { return true }
        return text.hasBytePrefix("127.") || text.hasSameBytes(as: "::1") || text.hasBytePrefix("::ffff:127.")
    }

    /// Whether the host of a request, in lower case and without its port, is a name of this machine (RFC 6761 §6.3) or its address.
    static func isLocal(_ host: String?) -> Bool {
        guard let host else { return false }
        if host.utf8.isEmpty || host.hasSameBytes(as: "localhost") || host.hasByteSuffix(".localhost") { return true }
        if host.hasSameBytes(as: "[::1]") { return true }
        // 127.0.0.0/8, and no name such as 127.0.0.1.example.com.
        return host.hasBytePrefix("127.") && (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }
}
