/// Why a connection or a socket ended.
///
/// The raw value is the text that the Node server gives to its `disconnect` handlers (socket.io 4.8), so that logs of
/// both can be compared.
public enum CloseReason: String, Sendable, Hashable, CaseIterable {
    /// The transport failed: a second poll, a broken write, a packet in the wrong direction.
    case transportError = "transport error"
    /// The client closed the connection, or its network did.
    case transportClose = "transport close"
    /// The connection was closed by code below the sockets.
    case forcedClose = "forced close"
    /// The peer did not answer a heartbeat in time.
    case pingTimeout = "ping timeout"
    /// The peer sent something that can't be decoded, or that isn't allowed in the state of the connection.
    case parseError = "parse error"
    /// The server stops.
    case serverShuttingDown = "server shutting down"
    /// Server code closed the whole connection.
    case forcedServerClose = "forced server close"
    /// The client left the namespace.
    case clientNamespaceDisconnect = "client namespace disconnect"
    /// Server code made the socket leave the namespace.
    case serverNamespaceDisconnect = "server namespace disconnect"
    /// More waited to be sent than the outbox may hold.
    case outboxOverflow = "outbox overflow"
    /// The client sent more events than it may.
    case rateExceeded = "rate exceeded"

    /// Whether nobody wanted the end: clients come again after it, as they do when their network broke.
    var invitesAnotherConnection: Bool {
        switch self {
        case .transportError, .forcedClose, .pingTimeout, .parseError, .serverShuttingDown: true
        case .outboxOverflow, .rateExceeded: true
        case .transportClose, .forcedServerClose, .clientNamespaceDisconnect, .serverNamespaceDisconnect: false
        }
    }
}
