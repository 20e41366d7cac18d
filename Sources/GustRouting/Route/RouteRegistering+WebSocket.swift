public import GustHTTP
import HTTPTypes

/// Registering what talks over WebSockets.
extension RouteRegistering {
    /// Serves WebSockets.
    ///
    /// `open` is called on the connection's loop once the handshake is done; it registers what to do with messages.
    ///
    /// ```swift
    /// app.webSocket("/ws") { webSocket, events in
    ///     events.onText = { webSocket.send(text: $0) }
    /// }
    /// ```
    public mutating func webSocket(
        _ pattern: String,
        maximumMessageSize: Int = 1 << 20,
        allowsDeflate: Bool = false,
        file: String = #fileID,
        line: UInt = #line,
        _ open: @escaping @Sendable (any WebSocket, WebSocketEvents) -> Void
    ) {
        let upgrade = WebSocketUpgrade(maximumMessageSize: maximumMessageSize, allowsDeflate: allowsDeflate) {
            webSocket in
            let events = WebSocketEvents()
            open(webSocket, events)
            return events
        }
        get(pattern, file: file, line: line) { _ in
            Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
    }
}
