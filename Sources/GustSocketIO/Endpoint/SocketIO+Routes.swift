public import GustRouting

/// Mounting a server on routes.
extension SocketIO {
    /// A route on which this server answers every transport of every enabled generation.
    ///
    /// ```swift
    /// app.add(io.routes(client: .none))                                           // /socket.io
    /// app.add(io.routes("chat", extraRE: "(?P<room>[a-z]+)", client: .none))      // /chat/lobby
    /// ```
    ///
    /// The captures of `extraRE` (named, unnamed, and `extra` as a whole) are in the handshake of each socket. The browser
    /// client is served below the resource, as `socket.io.js` and `socket.io.esm.js`, if `client` has it. Without the parameter
    /// `client`, the client that comes with Gust is served.
    ///
    /// The extra part must be there: `/chat` and `/chat/` are no paths of the second endpoint, and later routes are tried for
    /// them. If `extraRE` matches the empty text, the separator may be missing too, and then there are no captures.
    ///
    /// Where the extra part ends:
    /// - With `EIO` or `transport` in the query (1.x and later) it is everything behind the separator, but for a slash at the
    ///   end.
    /// - Otherwise a sentence of an older generation follows it: of 0.6 `/transport`, `/transport/session` and so on, of 0.9
    ///   `/1` or `/1/transport/session`. The longest sentence counts that leaves an extra part which `extraRE` matches. A
    ///   generation that is turned off has no sentences.
    ///
    /// - Parameters:
    ///   - resource: the path's beginning, literal, without slashes at its ends.
    ///   - extraRE: a regular expression for more of the path.
    ///   - extraSep: literal text between the two; only used with `extraRE`. A slash, unless said otherwise, so that
    ///     `/chat/lobby` isn't `/chatlobby`. SocketTornad.IO had none: pass `""` for that.
    ///   - client: the files of the browser client; `.none` serves no files.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route; register it like any other.
    public func routes(
        _ resource: String = "socket.io",
        extraRE: String? = nil,
        extraSep: String = "/",
        client: ClientFiles,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let pattern = EndpointPattern(
            resource: resource,
            isExpression: false,
            extra: extraRE,
            separator: extraSep,
            requiresSlash: settings.requiresTrailingSlash
        )
        return route(pattern, client, file, line)
    }

    /// The same for a resource that is a regular expression, such as `chat-(?P<language>[a-z]{2})`.
    ///
    /// - Parameters:
    ///   - expression: the path's beginning, without slashes at its ends.
    ///   - extraRE: a regular expression for more of the path.
    ///   - extraSep: literal text between the two; a slash, unless said otherwise.
    ///   - client: the files of the browser client; `.none` serves no files.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route; register it like any other.
    public func routes(
        matching expression: String,
        extraRE: String? = nil,
        extraSep: String = "/",
        client: ClientFiles,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let pattern = EndpointPattern(
            resource: expression,
            isExpression: true,
            extra: extraRE,
            separator: extraSep,
            requiresSlash: settings.requiresTrailingSlash
        )
        return route(pattern, client, file, line)
    }

    private func route(_ pattern: EndpointPattern, _ client: ClientFiles, _ file: String, _ line: UInt) -> Route {
        var route = Route(
            pattern.text,
            handler: Endpoint(io: self, clientFiles: client),
            file: file,
            line: line
        )
        route.tail = pattern.tail(revisions: settings.revisions, clientFiles: client)
        return route
    }
}
