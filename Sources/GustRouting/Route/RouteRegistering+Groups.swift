public import GustHTTP

/// Routes inside of routes.
extension RouteRegistering {
    /// Adds routes whose patterns begin with `prefix`, inside of `middleware`.
    ///
    /// ```swift
    /// app.group("/admin", through: RequireLogin()) { admin in
    ///     admin.get("/users") { _ in "…" }
    /// }
    /// ```
    /// - Parameters:
    ///   - prefix: a pattern; its captures come in front of those of the routes. A slash at its end is left out.
    ///   - middleware: what is put around the routes and the refusals of the group, see ``mount(_:_:)``; the first is the
    ///     outermost. Middleware used inside is further in.
    ///   - register: registers the routes; their patterns begin with `/`, or are empty for the prefix alone.
    /// - Throws: what `register` throws.
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
    ///
    /// They are routes like those beside them: tried in order of declaration, known to 405 and `OPTIONS`. A reference by
    /// number (`\1`) counts the groups of the prefix too; use names.
    ///
    /// Their middleware is also around what the router answers by itself:
    ///
    /// - 404 for the prefix and for every path that continues behind it with a slash (`/api` and `/api/x`, not `/apix`), if no route
    ///   matches. If several groups or mounts claim the path, the one that was declared first counts, and of those inside of it
    ///   the innermost. One without a prefix claims no path.
    /// - 405, and `OPTIONS` without a route of its own, for the paths of its routes. If routes of several groups match the path,
    ///   the first one counts; for a preflight of CORS, the first one with the method that the browser asks for.
    ///
    /// `request.captures` has the captures of the prefix then.
    /// - Parameters:
    ///   - prefix: a pattern; its captures come in front of those of the routes. A slash at its end is left out.
    ///   - routes: what is added; the patterns begin with `/`, or are empty for the prefix alone.
    public mutating func mount(_ prefix: String, _ routes: Routes) {
        let prefix = prefix.utf8.last == UInt8(ascii: "/") ? String(prefix.dropLast()) : prefix
        let mistake = Pattern.mistake(prefix: prefix)
        let beginning = prefix.isEmpty ? "" : PatternSyntax.grouped(prefix)
        let inside = routes.inside(prefix: beginning) { route in
            if let mistake { route.mistakes.append((mistake.description, nil)) }
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

    /// Lets `handler` answer for everything below `prefix`, with every method; it sees the path without the prefix.
    ///
    /// For handlers with paths of their own, such as another ``Router``. `/blog/a//b` is `/a//b` below `/blog`; `/blog`
    /// itself isn't below it. The prefix is the request's ``Request/mountPrefix``. The captures of the prefix come in front of those that the handler makes.
    /// - Parameters:
    ///   - prefix: a pattern. A slash at its end is left out.
    ///   - handler: what answers, also 404 and 405.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
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

    /// Adds routes that only answer for hosts that `pattern` matches as a whole, in any case of ASCII letters, without the port.
    ///
    /// Middleware used inside is also around 404, 405 and `OPTIONS` of these hosts, as ``mount(_:_:)`` says.
    ///
    /// ```swift
    /// app.host(#"(?<tenant>[a-z]+)\.example\.com"#) { tenant in
    ///     tenant.get("/users/:id") { (_, tenant: String, id: Int) in "\(id) of \(tenant)" }
    /// }
    /// ```
    /// - Parameters:
    ///   - pattern: an expression, without the sugar of paths; its captures come in front of those of the path, in lower
    ///     case. A request without `Host` has an empty one.
    ///   - register: registers the routes, which can't have another host inside.
    /// - Throws: what `register` throws.
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
