package import GustRouting

/// The route of an endpoint.
extension SocketIO {
    /// A route on which this server answers every transport of every enabled generation.
    ///
    /// - Parameters:
    ///   - resource: the beginning of the path, without slashes at its ends.
    ///   - isExpression: whether `resource` is a regular expression and not literal text.
    ///   - extraRE: a regular expression for more of the path.
    ///   - extraSep: the literal text between the resource and the extra part.
    ///   - client: the files of the browser client; `.none` serves no files.
    ///   - name: the name by which `Router.url(for:_:)` finds the route.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route.
    package func route(
        resource: String,
        isExpression: Bool = false,
        extraRE: String? = nil,
        extraSep: String = "/",
        client: ClientFiles = .none,
        name: String? = nil,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let pattern = EndpointPattern(
            resource: resource,
            isExpression: isExpression,
            extra: extraRE,
            separator: extraSep,
            requiresSlash: settings.requiresTrailingSlash
        )
        var route = Route(
            pattern.text,
            name: name,
            handler: Endpoint(io: self, clientFiles: client),
            file: file,
            line: line
        )
        route.impliedValues = pattern.impliedValues
        route.tail = pattern.tail(revisions: settings.revisions, clientFiles: client)
        return route
    }
}
