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
    /// Middleware around that of ``use(_:)``; it applies to the outermost list only.
    package var outermostMiddleware: [any Middleware] = []
    /// Middleware inside that of ``use(_:)``, also of later calls; it applies to the outermost list only.
    package var innermostMiddleware: [any Middleware] = []
    /// What happens to a path that differs from that of a route only by a slash at its end.
    ///
    /// nil stands for the policy of the list that contains this list; the policy of the outermost list is ``TrailingSlash/strict`` then.
    ///
    /// ```swift
    /// app.routes.trailingSlash = .redirect
    /// ```
    public var trailingSlash: TrailingSlash?
    /// Converters for `/:name<converter>`, in addition to `int`, `uuid`, `slug` and `path`: each a regular expression without groups that
    /// capture, by its name.
    ///
    /// They apply to the patterns of this list, and of the groups inside of it. An invalid expression is a mistake in each route that has
    /// the converter.
    ///
    /// ```swift
    /// app.routes.converters["year"] = "[0-9]{4}"
    /// app.get("/:year<year>/:slug?") { … }
    /// ```
    public var converters: [String: String] = [:]  // bytes: names in our own patterns
    /// Patterns and hosts of this list, as they are written in it, about which ``Router/warnings`` has no warning although paths make them
    /// backtrack too much.
    public var toleratedPatterns: [String] = []

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
        return settled.map { route in
            var route = route
            change(&route)
            return route.inside(scope)
        }
    }

    /// The routes with the settings of this list, unless a list inside of it has set them.
    private var settled: [Route] {
        routes.map { route in
            var route = route
            route.trailingSlash = route.trailingSlash ?? trailingSlash
            route.converters.merge(converters) { inner, _ in inner }
            route.toleratesBacktracking =
                route.toleratesBacktracking
                || toleratedPatterns.contains {
                    $0.hasSameBytes(as: route.pattern) || route.host?.hasSameBytes(as: $0) == true
                }
            return route
        }
    }

    /// Checks all routes and makes the router.
    ///
    /// - Returns: the router, with any ``Router/warnings``.
    /// - Throws: ``RoutesError`` with all mistakes.
    public func build() throws(RoutesError) -> Router {
        try Router(settled, middleware: outermostMiddleware + middleware + innermostMiddleware)
    }
}
