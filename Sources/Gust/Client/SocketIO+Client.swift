public import GustRouting
public import GustSocketIO

/// Mounting a server on routes.
extension SocketIO {
    /// A route on which this server answers every transport of every enabled generation, and serves the browser client.
    ///
    /// ```swift
    /// app.add(io.routes())                                        // /socket.io, and /socket.io/socket.io.js
    /// app.add(io.routes("chat", extraRE: "(?P<room>[a-z]+)"))     // /chat/lobby, and /chat/socket.io.js
    /// app.add(io.routes("api", client: .none))                    // without the browser client
    /// ```
    ///
    /// The captures of `extraRE` (named, unnamed, and `extra` as a whole) are in the handshake of each socket. The browser
    /// client is served below the resource, as `socket.io.js` and `socket.io.esm.js`, if `client` has it.
    ///
    /// The extra part is required: the second endpoint doesn't match `/chat` and `/chat/`, for which later routes are tried. If
    /// `extraRE` matches the empty text, the path may end before the separator; then there are no captures.
    ///
    /// Where the extra part ends:
    /// - With `EIO` or `transport` in the query (1.x and later) the extra part is the rest of the path after the separator, without a slash
    ///   at its end.
    /// - Otherwise the end of the path belongs to an older generation: `/transport`, `/transport/session` and so on for 0.6, `/1`
    ///   or `/1/transport/session` for 0.9. The longest such end is used that leaves an extra part which `extraRE` matches. A
    ///   generation that is disabled has no such ends.
    ///
    /// - Parameters:
    ///   - resource: the beginning of the path, literally, without slashes at its ends.
    ///   - extraRE: a regular expression for more of the path.
    ///   - extraSep: the literal text between the resource and the extra part; it is used only with `extraRE`. The default of
    ///     SocketTornad.IO was the empty text, with which `chat` and `[a-z]+` match `/chatlobby`.
    ///   - client: the files of the browser client; by default the client that comes with Gust; `.none` serves no files.
    ///   - name: the name by which `Router.url(for:_:)` finds the path of the endpoint, which is the option `path` of clients.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route; register it like any other.
    public func routes(
        _ resource: String = "socket.io",
        extraRE: String? = nil,
        extraSep: String = "/",
        client: ClientFiles = ClientFiles(),
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        route(
            resource: resource,
            extraRE: extraRE,
            extraSep: extraSep,
            client: client,
            name: name,
            file: file,
            line: line
        )
    }

    /// The same for a resource that is a regular expression, such as `chat-(?P<language>[a-z]{2})`.
    ///
    /// - Parameters:
    ///   - expression: the beginning of the path, without slashes at its ends.
    ///   - extraRE: a regular expression for more of the path.
    ///   - extraSep: the literal text between the two.
    ///   - client: the files of the browser client; by default the client that comes with Gust; `.none` serves no files.
    ///   - name: the name by which `Router.url(for:_:)` finds the path of the endpoint, which is the option `path` of clients.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route; register it like any other.
    public func routes(
        matching expression: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        client: ClientFiles = ClientFiles(),
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        route(
            resource: expression,
            isExpression: true,
            extraRE: extraRE,
            extraSep: extraSep,
            client: client,
            name: name,
            file: file,
            line: line
        )
    }
}
