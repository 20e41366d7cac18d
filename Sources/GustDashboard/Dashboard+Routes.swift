import Gust
public import GustHTTP
public import GustRouting
import GustSocketIO

/// Making the page available.
extension Dashboard {
    /// A route with the page and everything that belongs to it, behind middleware that refuses strangers.
    ///
    /// ```swift
    /// app.add(dashboard.routes("/admin", through: BasicAuthentication(users: ["ada": password])))
    /// ```
    /// What a stranger gets is the choice of the middleware: `BasicAuthentication` answers 401, so that the browser asks for the password. Over
    /// plain HTTP everybody on the way can read it.
    ///
    /// Without middleware the routes can't be built. The other ways are a closure in place of the middleware, and ``openRoutes(_:file:line:)``.
    /// - Parameters:
    ///   - path: the path of the page, literally.
    ///   - middleware: the middleware; the first is the outermost.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route.
    public func routes(
        _ path: String,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        let problem =
            middleware.isEmpty
            ? """
            everybody could use the dashboard: pass middleware to routes(_:through:), a closure to routes(_:allowing:), or call openRoutes(_:) \
            if that is meant
            """ : nil
        return route(path, middleware, problem, file, line)
    }

    /// A route with the page for those requests for which `allows` returns `true`; everybody else gets 404, as if there were no dashboard.
    ///
    /// ```swift
    /// app.add(dashboard.routes("/admin", allowing: { request in request.clientAddress == "10.0.0.7" }))
    /// ```
    /// `allows` is asked for each request of the page, of its files and of its endpoint, on the request's loop, and must not block. An error is
    /// logged and answered with 404 too.
    /// - Parameters:
    ///   - path: the path of the page, literally.
    ///   - allows: whether the sender of a request may see the dashboard.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route.
    public func routes(
        _ path: String,
        allowing allows: @escaping @Sendable (Request) throws -> Bool,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        route(path, [DashboardGate(check: .immediate(allows), logger: observed.observedLogger)], nil, file, line)
    }

    /// The same with an async closure, which runs in a task of the request.
    ///
    /// - Parameters:
    ///   - path: the path of the page, literally.
    ///   - allows: whether the sender of a request may see the dashboard.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route.
    public func routes(
        _ path: String,
        allowing allows: @escaping @Sendable (Request) async throws -> Bool,
        file: String = #fileID,
        line: UInt = #line
    ) -> Route {
        route(path, [DashboardGate(check: .suspending(allows), logger: observed.observedLogger)], nil, file, line)
    }

    /// A route with the page for everybody: for a server that only you can reach, or behind middleware of a group.
    ///
    /// - Parameters:
    ///   - path: the path of the page, literally.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    /// - Returns: an ordinary route.
    public func openRoutes(_ path: String, file: String = #fileID, line: UInt = #line) -> Route {
        route(path, [], nil, file, line)
    }

    private func route(
        _ path: String,
        _ middleware: [any Middleware],
        _ problem: String?,
        _ file: String,
        _ line: UInt
    ) -> Route {
        let name = path.pieces(on: UInt8(ascii: "/")).filter { !$0.isEmpty }.joined(separator: "/")
        var route = Route(
            "/\(Pattern.escape(name))(?<\(DashboardHandler.restName)>(?:/.*)?)",
            handler: DashboardHandler(self, at: name, problem: problem),
            file: file,
            line: line
        )
        route.ownMiddleware = middleware
        return route
    }

    /// What is below the path of the dashboard.
    var contents: Routes {
        var routes = Routes()
        for file in DashboardFile.all { routes.get(file.path, use: file) }
        routes.add(live.routes("live"))
        return routes
    }
}
