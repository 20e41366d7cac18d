public import GustHTTP
public import GustRouting
public import GustServer
import GustSocketIO
public import Logging

/// A web application: an ordered list of routes and Socket.IO endpoints, with middleware around them.
///
/// ```swift
/// await Application.main {
///     var app = Application()
///     app.get("/") { _ in "Hello, world" }
///     try await app.run(port: 8080)
/// }
/// ```
public struct Application: RouteRegistering, Sendable {
    /// The routes, in order of declaration.
    public var routes = Routes()
    /// The logger of the application and its server.
    public var logger: Logger

    /// Settings with the names of SocketTornad.IO; changes have an effect until the application runs.
    ///
    /// ``SeedSettings/enabledTransports`` applies to all Socket.IO endpoints, however the application is run. The other
    /// settings apply to a `SocketIOServer`; ``run(host:port:)`` uses only the port.
    package var settings = SeedSettings()

    /// Makes an application without routes.
    public init(logger: Logger = Logger(label: "gust")) {
        self.logger = logger
    }

    /// Appends a route.
    public mutating func add(_ route: Route) {
        routes.add(route)
    }

    /// Puts `middleware` around all routes, around 404 and 405 responses, and around every Socket.IO handshake.
    public mutating func use(_ middleware: any Middleware) {
        routes.use(middleware)
    }

    /// Puts a closure around all routes; it can call the next handler, answer by itself, or throw.
    ///
    /// The closure runs on the connection's loop, in a task for each request. `next.respond(to:)` throws the errors of
    /// the next handler, including 404; `next.response(to:)` returns them as responses. For a closure that never
    /// suspends, ``ClosureMiddleware/init(answering:)`` costs no task.
    public mutating func use(_ body: @escaping @Sendable (Request, any Handler) async throws -> Response) {
        use(ClosureMiddleware(body))
    }

    /// Checks all routes and makes the router.
    ///
    /// - Returns: the handler for all requests.
    /// - Throws: ``RoutesError`` with all mistakes in the registered routes.
    public func router() throws(RoutesError) -> Router {
        guard let transports = settings.enabledTransports else { return try routes.build() }
        var routes = routes
        routes.use(EnabledTransports(transports))
        return try routes.build()
    }

    /// Runs the main part of a program; if it throws, writes the error to standard error and exits with code 1.
    ///
    /// Without this method, Swift ends a program whose main part throws with a trap. The main part runs where the caller runs, so that it can be
    /// the body of `main()` of a type with `@main` too.
    ///
    /// ```swift
    /// await Application.main {
    ///     var app = Application()
    ///     app.get("/") { _ in "Hello, world" }
    ///     try await app.run(port: 8080)
    /// }
    /// ```
    nonisolated(nonsending) public static func main(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            StartFailure.report(error)
        }
    }

    /// Serves on `host` and `port` until `SIGTERM` or `SIGINT`, then stops gracefully; a second signal ends the server at once.
    ///
    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: the port; nil means `SeedSettings.socketIOPort`, or 8080 if that is nil too.
    /// - Throws: ``RoutesError`` if routes are invalid; ``ListenError`` if the server can't listen on the address.
    public func run(host: String = "127.0.0.1", port: Int? = nil) async throws {
        try await run(HTTPServer.Configuration(host: host, port: port ?? settings.socketIOPort ?? 8080))
    }

    /// Serves with `configuration` until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Throws: ``RoutesError`` if routes are invalid; ``ListenError`` if the server can't listen on the address.
    public func run(_ configuration: HTTPServer.Configuration) async throws {
        try await run(try server(configuration))
    }

    /// Runs a server that ``server(_:)`` made until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Throws: ``ListenError`` if the server can't listen on the address.
    public func run(_ server: HTTPServer) async throws {
        try await SignalledServices.run([server], logger: logger)
    }

    /// Makes a server for this application, to be run in your own service group.
    ///
    /// - Returns: the service.
    /// - Throws: ``RoutesError`` if routes are invalid.
    public func server(_ configuration: HTTPServer.Configuration) throws(RoutesError) -> HTTPServer {
        let router = try router()
        var configuration = configuration
        DevelopmentProcess.current?.adopt(&configuration, router, logger)
        for warning in router.warnings { logger.warning("\(warning)") }
        return HTTPServer(router, configuration: configuration, logger: logger)
    }
}
