public import GustHTTP

/// Groups, mounts and hosts.
extension RouteRegistering {
    /// Adds routes whose patterns begin with `prefix`, with `middleware` around them.
    ///
    /// ```swift
    /// app.group("/admin", through: RequireLogin()) { admin in
    ///     admin.get("/users") { _ in "…" }
    /// }
    /// ```
    /// - Parameters:
    ///   - prefix: a pattern; its captures precede those of the routes. A slash at its end is ignored.
    ///   - middleware: middleware around the routes, and around the 404, 405 and `OPTIONS` responses of the group, see
    ///     ``mount(_:_:)``; the first is the outermost. Middleware that `register` adds with `use` is inside it.
    ///   - register: registers the routes; their patterns begin with `/`, or are empty for the prefix alone.
    /// - Throws: any error that `register` throws.
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

    /// Adds all of `routes` below `prefix`, with their own middleware around them.
    ///
    /// The routes are tried in order of declaration together with all other routes, and count for 405 and `OPTIONS`. A
    /// back reference by number (`\1`) counts the groups of the prefix too, so use names.
    ///
    /// The middleware of `routes` is also around responses that the router makes itself:
    ///
    /// - 404, if no route matches, for the prefix and for every path that continues with a slash after it (`/api` and
    ///   `/api/x`, not `/apix`). If several groups or mounts claim the path, the one declared first is used, and inside
    ///   it the innermost. A group or mount without a prefix claims no path.
    /// - 405 and the automatic response to `OPTIONS`, for the paths of its routes. If routes of several groups match
    ///   the path, the middleware of the first is used; for a preflight request of CORS, the middleware of the first
    ///   route with the requested method.
    ///
    /// In this middleware, `request.captures` holds the captures of the prefix for a 404, and of the whole pattern
    /// otherwise.
    /// - Parameters:
    ///   - prefix: a pattern; its captures precede those of the routes. A slash at its end is ignored.
    ///   - routes: the routes; their patterns begin with `/`, or are empty for the prefix alone.
    public mutating func mount(_ prefix: String, _ routes: Routes) {
        let hasSlash = prefix.utf8.last == UInt8(ascii: "/")
        let prefix = String(decoding: prefix.utf8.dropLast(hasSlash ? 1 : 0), as: UTF8.self)
        let beginning = prefix.isEmpty ? "" : PatternSyntax.grouped(prefix)
        let inside = routes.inside(prefix: beginning) { route in
            if !prefix.isEmpty { route.prefixes.append(prefix) }
            if let first = route.pattern.utf8.first, first != UInt8(ascii: "/"), first != UInt8(ascii: "(") {
                let message = "a pattern in a group or mount begins with \"/\", or is empty"
                route.mistakes.append((message, route.pattern))
            }
            let pattern = route.pattern.isEmpty ? "" : PatternSyntax.grouped(route.pattern)
            route.pattern = beginning + pattern
            for number in route.scopes.indices {
                route.scopes[number].prefix = beginning + route.scopes[number].prefix
            }
        }
        for route in inside { add(route) }
    }

    /// Passes all requests below `prefix`, with every method, to `handler`, which gets the path without the prefix.
    ///
    /// Use it for handlers that have paths of their own, such as another ``Router``. Below `/blog`, `/blog/a//b`
    /// becomes `/a//b`; `/blog` itself isn't passed on. The removed prefix is the request's ``Request/mountPrefix``.
    /// The captures of the prefix precede those of the handler's own patterns.
    /// - Parameters:
    ///   - prefix: a pattern. A slash at its end is ignored.
    ///   - handler: the handler that answers, also with 404 and 405.
    ///   - file: the file that error messages name.
    ///   - line: the line that error messages name.
    public mutating func mount(
        _ prefix: String,
        _ handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        var routes = Routes()
        let pattern = "(?<\(MountedHandler.restName)>/.*)"
        routes.add(Route(pattern, handler: MountedHandler(handler: handler), file: file, line: line))
        mount(prefix, routes)
    }

    /// Adds routes that answer only for hosts that `pattern` matches completely, ignoring ASCII case and the port.
    ///
    /// Middleware that `register` adds is also around the 404, 405 and `OPTIONS` responses for these hosts; see
    /// ``mount(_:_:)``.
    ///
    /// ```swift
    /// app.host(#"(?<tenant>[a-z]+)\.example\.com"#) { tenant in
    ///     tenant.get("/users/:id") { (_, tenant: String, id: Int) in "\(id) of \(tenant)" }
    /// }
    /// ```
    /// - Parameters:
    ///   - pattern: a regular expression, without the short form `/:name`. Its captures are in lower case and precede
    ///     those of the path. The host of a request without a `Host` field is empty.
    ///   - register: registers the routes, which can't contain another host.
    /// - Throws: any error that `register` throws.
    public mutating func host(_ pattern: String, register: (inout Routes) throws -> Void) rethrows {
        var routes = Routes()
        try register(&routes)
        let inside = routes.inside(prefix: "", host: pattern) { route in
            if let inner = route.host {
                route.mistakes.append(("the host \(inner) can't be inside of the host \(pattern)", nil))
            }
            route.host = pattern
            for number in route.scopes.indices { route.scopes[number].host = pattern }
        }
        for route in inside { add(route) }
    }
}
