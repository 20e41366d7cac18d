public import GustHTTP

/// What is known about the end of a socket beside its ``CloseReason``.
public struct DisconnectDetails: Sendable, CustomStringConvertible {
    /// A sentence for logs, such as the error of a packet that can't be decoded.
    ///
    /// The sentence may contain text that the peer has sent.
    public let description: String
    /// The code of the client's WebSocket close frame; nil if there was none.
    public let webSocketCloseCode: WebSocketCloseCode?

    init(_ description: String, webSocketCloseCode: WebSocketCloseCode? = nil) {
        self.description = description
        self.webSocketCloseCode = webSocketCloseCode
    }

    init(_ closure: WebSocketClosure) {
        webSocketCloseCode = closure.code
        if let error = closure.error {
            description = "a WebSocket message could not be sent: \(error)"
        } else if let code = closure.code {
            let reason = closure.reason.utf8.isEmpty ? "" : ": \(closure.reason)"
            description = "the client closed the WebSocket with code \(code.rawValue)\(reason)"
        } else {
            description =
                closure.isClean
                ? "the client closed the WebSocket without a code" : "the network connection of the WebSocket ended"
        }
    }
}

extension CloseReason {
    /// The details of an end about which nothing more is known.
    var details: DisconnectDetails {
        switch self {
        case .transportError: DisconnectDetails("the transport failed")
        case .transportClose: DisconnectDetails("the client or its network closed the connection")
        case .forcedClose: DisconnectDetails("code below the sockets closed the connection")
        case .pingTimeout: DisconnectDetails("the client did not answer a heartbeat in time")
        case .parseError: DisconnectDetails("the client sent a packet that can't be decoded or isn't allowed")
        case .serverShuttingDown: DisconnectDetails("the server shuts down")
        case .forcedServerClose: DisconnectDetails("the server closed the connection")
        case .clientNamespaceDisconnect: DisconnectDetails("the client left the namespace")
        case .serverNamespaceDisconnect: DisconnectDetails("the server disconnected the socket from the namespace")
        case .outboxOverflow: DisconnectDetails("more packets waited to be sent than the outbox may hold")
        case .rateExceeded: DisconnectDetails("the client sent more events than its rate allows")
        }
    }
}
