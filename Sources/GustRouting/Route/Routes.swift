public import GustHTTP
import HTTPTypes

/// An ordered list of routes that are being registered: the contents of an application, a group or a mount.
///
/// The first route that matches a request answers it. Mistakes (an invalid pattern, a repeated name, typed captures
/// that the pattern doesn't have) are collected, and ``build()`` throws them all in one error, each with its place in
/// your source.
public struct Routes: RouteRegistering, Sendable {
    var routes: [Route] = []
    private var middleware: [any Middleware] = []

    /// Makes an empty list.
    public init() {}

    /// Appends a route.
    public mutating func add(_ route: Route) {
        routes.append(route)
    }

    /// Puts `middleware` around all routes of this list, including routes that are added later, and around their 404,
    /// 405 and `OPTIONS` responses.
    ///
    /// The middleware added first is the outermost. For the 404, 405 and `OPTIONS` responses that belong to a group or
    /// a mount, see ``RouteRegistering/mount(_:_:)``.
    public mutating func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
    }

    /// The routes of this list after `change`, each inside the middleware of this list.
    func inside(prefix: String, host: String? = nil, _ change: (inout Route) -> Void) -> [Route] {
        let scope = RouteScope(prefix: prefix, host: host, middleware: middleware)
        return routes.map { route in
            var route = route
            change(&route)
            return route.inside(scope)
        }
    }

    /// Checks all routes and makes the router.
    ///
    /// - Returns: the router, with any ``Router/warnings``.
    /// - Throws: ``RoutesError`` with all mistakes.
    public func build() throws(RoutesError) -> Router {
        try Router(routes, middleware: middleware)
    }
}
