public import GustRouting
public import GustSocketIO

/// Mounting a server on routes together with the browser client that comes with Gust.
extension SocketIO {
    /// A route on which this server answers every transport of every enabled generation, and serves the browser client.
    ///
    /// ```swift
    /// app.add(io.routes())                                        // /socket.io, and /socket.io/socket.io.js
    /// app.add(io.routes("chat", extraRE: "(?P<room>[a-z]+)"))     // /chat/lobby, and /chat/socket.io.js
    /// app.add(io.routes("api", client: .none))                    // without the browser client
    /// ```
    ///
    /// See ``routes(_:extraRE:extraSep:client:file:line:)`` for the parameters.
    public func routes(
        _ resource: String = "socket.io",
        extraRE: String? = nil,
        extraSep: String = "/",
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        routes(resource, extraRE: extraRE, extraSep: extraSep, client: ClientFiles(), file: file, line: line)
    }

    /// The same for a resource that is a regular expression, such as `chat-(?P<language>[a-z]{2})`.
    ///
    /// See ``routes(matching:extraRE:extraSep:client:file:line:)`` for the parameters.
    public func routes(
        matching expression: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        routes(
            matching: expression,
            extraRE: extraRE,
            extraSep: extraSep,
            client: ClientFiles(),
            file: file,
            line: line
        )
    }
}
