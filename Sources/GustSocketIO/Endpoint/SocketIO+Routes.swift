public import GustRouting

/// Mounting a server on routes.
extension SocketIO {
    /// A route on which this server answers every transport of every enabled generation.
    ///
    /// ```swift
    /// app.add(io.routes())                                                            // /socket.io
    /// app.add(io.routes("chat", extraRE: "(?P<room>[a-z]+)", extraSep: "/"))          // /chat/lobby
    /// ```
    ///
    /// The captures of `extraRE` (named, unnamed, and `extra` as a whole) are in the handshake of each socket. The browser
    /// client is served below the resource, as `socket.io.js` and `socket.io.esm.js`, if `client` has it.
    /// - Parameters:
    ///   - resource: the path's beginning, literal, without slashes at its ends.
    ///   - extraRE: a regular expression for more of the path.
    ///   - extraSep: literal text between the two.
    ///   - client: the browser client.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route; register it like any other.
    public func routes(
        _ resource: String = "socket.io",
        extraRE: String? = nil,
        extraSep: String = "/",
        client: ClientFiles = .none,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let pattern = EndpointPattern.text(
            resource: resource,
            isExpression: false,
            extra: extraRE,
            separator: extraSep
        )
        return Route(pattern, handler: Endpoint(server: self, clientFiles: client), file: file, line: line)
    }

    /// The same for a resource that is a regular expression, such as `chat-(?P<language>[a-z]{2})`.
    ///
    /// - Parameters:
    ///   - expression: the path's beginning, without slashes at its ends.
    ///   - extraRE: a regular expression for more of the path.
    ///   - extraSep: literal text between the two.
    ///   - client: the browser client.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route; register it like any other.
    public func routes(
        matching expression: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        client: ClientFiles = .none,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let pattern = EndpointPattern.text(
            resource: expression,
            isExpression: true,
            extra: extraRE,
            separator: extraSep
        )
        return Route(pattern, handler: Endpoint(server: self, clientFiles: client), file: file, line: line)
    }
}
