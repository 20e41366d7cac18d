public import GustHTTP

/// The route that has matched a request: for log lines, metrics and links, which must not have a value for each path.
public struct MatchedRoute: Sendable {
    private let description: RouteDescription

    init(_ description: RouteDescription) {
        self.description = description
    }

    /// The pattern, with the prefixes of groups, such as `/users/:id`.
    public var pattern: String { description.pattern }

    /// The name of the route; nil if it has none.
    public var name: String? { description.name }
}

extension Response {
    /// The route whose handler made the response, for the middleware around the whole application; nil for 404 and 405.
    ///
    /// ```swift
    /// app.use { request, next in
    ///     let response = await next.response(to: request)
    ///     count(response.route?.pattern ?? "none", response.status)
    ///     return response
    /// }
    /// ```
    /// The router sets it, also in the response of an error. A response that a middleware has made itself has none.
    public var route: MatchedRoute? { matchedRoute.map { MatchedRoute($0) } }
}

extension Request {
    /// The route that has matched; nil before routing, in middleware around the whole application, and for 404 and 405.
    ///
    /// Middleware around the whole application finds it in the response, as `response.route`.
    /// Handlers and the middleware of groups see it. For a router that is mounted as a handler, it is the route of that router, without
    /// the prefix.
    public var route: MatchedRoute? { captures.route.map { MatchedRoute($0) } }
}
