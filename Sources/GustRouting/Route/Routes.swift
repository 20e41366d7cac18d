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

    /// Puts `middleware` around everything here, also around what is added later, and around 404 and 405.
    ///
    /// The first one used is the outermost.
    public mutating func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
    }

    /// The routes as they are inside of the middleware used here.
    var wrapped: [Route] { routes.map { $0.wrapped(in: middleware) } }

    /// Checks everything and makes the router.
    ///
    /// - Returns: what answers requests.
    /// - Throws: ``RoutesError`` with all mistakes.
    public func build() throws(RoutesError) -> Router {
        try Router(routes, middleware: middleware)
    }
}
