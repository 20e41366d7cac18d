public import GustHTTP
import HTTPTypes

/// Routes inside of routes.
extension RouteRegistering {
    /// Adds routes whose patterns begin with `prefix`, inside of `middleware`.
    ///
    /// ```swift
    /// app.group("/admin", through: RequireLogin()) { admin in
    ///     admin.get("/users") { _ in "…" }
    /// }
    /// ```
    public mutating func group(
        _ prefix: String,
        through middleware: any Middleware...,
        register: (inout Routes) throws -> Void
    ) rethrows {
        var routes = Routes()
        for middleware in middleware { routes.use(middleware) }
        try register(&routes)
        mount(prefix, routes)
    }

    /// Adds all of `routes` below `prefix`, inside of their own middleware.
    public mutating func mount(_ prefix: String, _ routes: Routes) {
        let prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        for var route in routes.wrapped {
            route.pattern = PatternSyntax.grouped(prefix) + PatternSyntax.grouped(route.pattern)
            add(route)
        }
    }

    /// Adds routes that only answer for hosts that `pattern` matches as a whole, without the port.
    public mutating func host(_ pattern: String, register: (inout Routes) throws -> Void) rethrows {
        var routes = Routes()
        try register(&routes)
        for var route in routes.wrapped {
            route.host = pattern
            add(route)
        }
    }

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
