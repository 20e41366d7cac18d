/// The reason why a connection or a socket ended.
///
/// The raw value is the text that Node's server passes to its `disconnect` handlers (socket.io 4.8), so that the logs of both servers
/// can be compared. ``outboxOverflow`` and ``rateExceeded`` exist in Gust only.
public enum CloseReason: String, Sendable, Hashable, CaseIterable {
    /// The client broke a rule of its transport: a second poll or `POST` at a time, an aborted poll, or a heartbeat in the wrong
    /// direction.
    case transportError = "transport error"
    /// The client closed the connection, its network failed, or it didn't poll in time (0.6 and 0.9).
    case transportClose = "transport close"
    /// The client joined no namespace in time; it has no socket, so no handler receives this reason.
    case forcedClose = "forced close"
    /// The client didn't answer a heartbeat in time.
    case pingTimeout = "ping timeout"
    /// The client sent a packet that can't be decoded or isn't allowed in the state of the connection, or left out its attachments.
    case parseError = "parse error"
    /// The server stops, or ``SocketIO/close()`` was called.
    case serverShuttingDown = "server shutting down"
    /// Code of the server closed the connection with all its sockets, or the session of its browser ended.
    case forcedServerClose = "forced server close"
    /// The client left the namespace.
    case clientNamespaceDisconnect = "client namespace disconnect"
    /// Code of the server disconnected the socket from the namespace.
    case serverNamespaceDisconnect = "server namespace disconnect"
    /// More packets waited to be sent than ``SocketIOSettings/outbox`` allows.
    case outboxOverflow = "outbox overflow"
    /// The client sent more events than ``SocketIOSettings/eventRate`` allows.
    case rateExceeded = "rate exceeded"

    /// Whether neither end intended the disconnect; then the client should reconnect, as it does after a failure of its network.
    var invitesAnotherConnection: Bool {
        switch self {
        case .transportError, .forcedClose, .pingTimeout, .parseError, .serverShuttingDown: true
        case .outboxOverflow, .rateExceeded: true
        case .transportClose, .forcedServerClose, .clientNamespaceDisconnect, .serverNamespaceDisconnect: false
        }
    }

    /// Whether the client broke a rule of the protocol.
    var isMistakeOfClient: Bool { self == .transportError || self == .parseError || self == .forcedClose }
}
