public import GustHTTP
import HTTPTypes

/// Registration of routes for WebSockets.
extension RouteRegistering {
    /// Accepts WebSocket connections.
    ///
    /// `open` is called on the connection's loop after the handshake; it sets the callbacks for messages. `middleware` is around the
    /// handshake.
    ///
    /// ```swift
    /// app.webSocket("/ws") { webSocket, events in
    ///     events.onText = { webSocket.send(text: $0) }
    /// }
    /// ```
    public mutating func webSocket(
        _ pattern: String,
        through middleware: any Middleware...,
        maximumMessageSize: Int = 1 << 20,
        deflate: WebSocketDeflate? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ open: @escaping @Sendable (any WebSocket, WebSocketEvents) -> Void
    ) {
        addWebSocket(RouteHead([.get], pattern, nil, middleware, file, line), maximumMessageSize, deflate) {
            webSocket,
            events,
            _ in open(webSocket, events)
        }
    }

    /// Accepts WebSocket connections and passes the request that opened them: its captures, query, header fields,
    /// session.
    ///
    /// `open` is called on the connection's loop after the handshake; it sets the callbacks for messages. `middleware` is around the
    /// handshake.
    ///
    /// ```swift
    /// app.webSocket("/rooms/:room") { webSocket, events, request in
    ///     let room = request.captures["room"] ?? ""
    ///     events.onText = { text in webSocket.send("\(room): \(String(buffer: text))") }
    /// }
    /// ```
    public mutating func webSocket(
        _ pattern: String,
        through middleware: any Middleware...,
        maximumMessageSize: Int = 1 << 20,
        deflate: WebSocketDeflate? = nil,
        file: String = #fileID,
        line: UInt = #line,
        _ open: @escaping @Sendable (any WebSocket, WebSocketEvents, Request) -> Void
    ) {
        addWebSocket(RouteHead([.get], pattern, nil, middleware, file, line), maximumMessageSize, deflate, open)
    }

    private mutating func addWebSocket(
        _ head: RouteHead,
        _ maximumMessageSize: Int,
        _ deflate: WebSocketDeflate?,
        _ open: @escaping @Sendable (any WebSocket, WebSocketEvents, Request) -> Void
    ) {
        addImmediate(head) { (request: Request) throws -> Response in
            let upgrade = WebSocketUpgrade(maximumMessageSize: maximumMessageSize, deflate: deflate) {
                webSocket in
                let events = WebSocketEvents()
                open(webSocket, events, request)
                return events
            }
            return Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
    }
}
