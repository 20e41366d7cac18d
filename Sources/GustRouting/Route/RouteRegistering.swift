public import GustHTTP
public import HTTPTypes

/// A type with which routes are registered: an application, a group or a mount.
///
/// A handler can be a closure that takes the request and, if it has more parameters, decoded captures. A synchronous
/// closure runs on the event loop, costs no task and must not block; an async closure runs in a task. Captures are
/// decoded by position over all groups in order, or by name into one `Decodable` struct. If the captures can't be
/// decoded, the next route is tried. The closure returns any type that is ``ResponseConvertible``.
///
/// ```swift
/// app.get("/hello/:name") { (request, name: String) in "Hello, \(name)" }
/// app.get(#"/users/(?P<id>\d+)"#) { request in "user \(request.captures["id"] ?? "")" }
/// ```
public protocol RouteRegistering {
    /// Appends a route.
    mutating func add(_ route: Route)
}

extension RouteRegistering {
    /// Appends a route with middleware around this route only.
    ///
    /// ```swift
    /// app.add(io.routes(), through: RequireLogin())
    /// ```
    /// The middleware is inside that of the application and of the groups that contain the route, and is also around `HEAD` requests that
    /// a route for `GET` answers, and around the response to a preflight request of CORS for a method of this route. 404 and 405 belong
    /// to no route: they pass through the middleware of the application and of groups only.
    /// - Parameters:
    ///   - route: the route.
    ///   - middleware: the middleware; the first is the outermost.
    public mutating func add(_ route: Route, through middleware: any Middleware...) {
        var route = route
        route.ownMiddleware.insert(contentsOf: middleware, at: 0)
        add(route)
    }

    /// Answers requests of these methods with `handler`; `GET` includes `HEAD`.
    ///
    /// - Parameters:
    ///   - methods: the methods, which may be methods that HTTP doesn't define; an empty list stands for every method.
    ///   - pattern: the path pattern; see `Pattern`.
    ///   - name: the name by which ``Router/url(for:_:)`` finds the route.
    ///   - middleware: middleware around this route only; see ``add(_:through:)``.
    ///   - handler: the handler that answers.
    ///   - file: the file that error messages name.
    ///   - line: the line that error messages name.
    public mutating func on(
        _ methods: HTTPRequest.Method...,
        pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        use handler: any Handler,
        file: String = #fileID,
        line: UInt = #line
    ) {
        add(RouteHead(methods, pattern, name, middleware, file, line), handler)
    }

    /// Answers requests of these methods by a closure, in place, without a task; `GET` includes `HEAD`.
    ///
    /// ```swift
    /// app.on(.get, .post, pattern: "/search") { request in "…" }
    /// ```
    ///
    /// - Parameters:
    ///   - methods: the methods; a method that no RFC defines may be among them. Without methods, every method is answered.
    ///   - pattern: the path pattern; see `Pattern`.
    ///   - name: a name to build URLs by.
    ///   - middleware: middleware around this route only; see ``add(_:through:)``.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    ///   - body: takes the request, and optionally its decoded captures; must not block.
    public mutating func on<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ methods: HTTPRequest.Method...,
        pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) throws -> Output
    ) {
        addImmediate(RouteHead(methods, pattern, name, middleware, file, line), body)
    }

    /// Answers requests of these methods by an async closure; `GET` includes `HEAD`.
    ///
    /// - Parameters:
    ///   - methods: the methods; a method that no RFC defines may be among them. Without methods, every method is answered.
    ///   - pattern: the path pattern; see `Pattern`.
    ///   - name: a name to build URLs by.
    ///   - middleware: middleware around this route only; see ``add(_:through:)``.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    ///   - body: takes the request.
    public mutating func on<Output: ResponseConvertible>(
        _ methods: HTTPRequest.Method...,
        pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request) async throws -> Output
    ) {
        addSuspending(RouteHead(methods, pattern, name, middleware, file, line), body)
    }

    /// Answers requests of these methods by an async closure that takes decoded captures; `GET` includes `HEAD`.
    ///
    /// The pack of captures may be empty although a closure without captures is another function's: if captures were required, the
    /// compiler would report a wrong member in an async closure as "generic parameter could not be inferred".
    ///
    /// - Parameters:
    ///   - methods: the methods; a method that no RFC defines may be among them. Without methods, every method is answered.
    ///   - pattern: the path pattern; see `Pattern`.
    ///   - name: a name to build URLs by.
    ///   - middleware: middleware around this route only; see ``add(_:through:)``.
    ///   - file: where mistakes are reported.
    ///   - line: where mistakes are reported.
    ///   - body: takes the request and its decoded captures.
    public mutating func on<each Capture: Decodable & Sendable, Output: ResponseConvertible>(
        _ methods: HTTPRequest.Method...,
        pattern: String,
        name: String? = nil,
        through middleware: any Middleware...,
        file: String = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Request, repeat each Capture) async throws -> Output
    ) {
        addSuspending(RouteHead(methods, pattern, name, middleware, file, line), body)
    }
}
