/// Why a socket of a client was disconnected; the texts are those of socket.io-client.
public enum DisconnectReason: String, Sendable, Hashable, CustomStringConvertible {
    /// The server disconnected the socket; the client doesn't connect it again by itself.
    case serverDisconnect = "io server disconnect"
    /// The program disconnected the socket.
    case clientDisconnect = "io client disconnect"
    /// The server was silent for longer than its heartbeat allows.
    case pingTimeout = "ping timeout"
    /// The connection ended.
    case transportClose = "transport close"
    /// The connection failed.
    case transportError = "transport error"
    /// The server sent something that the protocol doesn't allow.
    case parseError = "parse error"

    /// The text.
    public var description: String { rawValue }
}

extension ClientError {
    /// The reason of the sockets that are disconnected by this error.
    var disconnectReason: DisconnectReason {
        switch self {
        case .pingTimeout: .pingTimeout
        case .transportClosed: .transportClose
        case .protocolViolation: .parseError
        case .closed, .disconnected: .clientDisconnect
        default: .transportError
        }
    }
}
