public import GustHTTP

extension RouteRegistering {
    /// Adds routes that answer only requests for which `condition` is `true`: by a header field, the scheme, the query, or anything else
    /// that is known before the body is read.
    ///
    /// ```swift
    /// app.when({ $0.headers[.accept] == "application/vnd.example.v2+json" }) { second in
    ///     second.get("/users/:id") { (_, id: Int) in "user \(id) in the second version" }
    /// }
    /// app.get("/users/:id") { (_, id: Int) in "user \(id)" }
    /// ```
    /// For another request the routes don't exist: the next route that matches answers, and if there is none, the answer is 404, or 405
    /// with the methods of the other routes. Conditions may be nested; all of them must be met. A response that depends on a field of the
    /// request should name the field in `Vary`.
    ///
    /// - Parameters:
    ///   - condition: called on the loop of the connection, where it must not block, for requests whose host and path match; possibly
    ///     more than once for a request.
    ///   - register: registers the routes. Middleware that it adds is around these routes, and around the 405 and `OPTIONS` responses for
    ///     their paths, but not around 404.
    /// - Throws: any error that `register` throws.
    public mutating func when(
        _ condition: @escaping @Sendable (Request) -> Bool,
        register: (inout Routes) throws -> Void
    ) rethrows {
        var routes = Routes()
        try register(&routes)
        let inside = routes.inside(prefix: "") { route in route.conditions.insert(condition, at: 0) }
        for route in inside { add(route) }
    }
}
