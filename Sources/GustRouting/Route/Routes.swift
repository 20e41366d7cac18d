public import GustHTTP
import HTTPTypes

/// An ordered list of routes in the making: what `Application`, groups and mounts are made of.
///
/// The first route that matches answers. Mistakes (a bad pattern, a name given twice, typed captures that the pattern
/// doesn't have) are collected and thrown all together by ``build()``, each with its place in your source.
public struct Routes: RouteRegistering, Sendable {
    var routes: [Route] = []
    private var middleware: [any Middleware] = []

    /// No routes.
    public init() {}

    /// Adds a route at the end.
    public mutating func add(_ route: Route) {
        routes.append(route)
    }

    /// Puts `middleware` around everything here, also around what is added later, and around 404, 405 and `OPTIONS`.
    ///
    /// The first one used is the outermost. Which of those refusals belong to a group or a mount is told at
    /// ``RouteRegistering/mount(_:_:)``.
    public mutating func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
    }

    /// The routes for which `change` is called, each inside of the middleware used here.
    func inside(prefix: String, host: String? = nil, _ change: (inout Route) -> Void) -> [Route] {
        let scope = RouteScope(prefix: prefix, host: host, middleware: middleware)
        return routes.map { route in
            var route = route
            change(&route)
            return route.inside(scope)
        }
    }

    /// Checks everything and makes the router.
    ///
    /// - Returns: what answers requests.
    /// - Throws: ``RoutesError`` with all mistakes.
    public func build() throws(RoutesError) -> Router {
        try Router(routes, middleware: middleware)
    }
}
