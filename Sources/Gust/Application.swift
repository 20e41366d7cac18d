public import GustHTTP
public import GustRouting
public import GustServer
import GustSocketIO
public import Logging
import ServiceLifecycle
import UnixSignals

/// A web application: routes in order, middleware around them, Socket.IO endpoints among them.
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
    /// Where the application and its server log to.
    public var logger: Logger

    /// Settings under the names of SocketTornad.IO; they may be changed until the application runs.
    ///
    /// ``SeedSettings/enabledProtocols`` holds for all Socket.IO endpoints, however the application is run. A
    /// ``SocketIOServer`` reads the others; ``run(host:port:)`` reads the port.
    public var settings = SeedSettings()

    /// An application without routes.
    public init(logger: Logger = Logger(label: "gust")) {
        self.logger = logger
    }

    /// Adds a route at the end.
    public mutating func add(_ route: Route) {
        routes.add(route)
    }

    /// Puts `middleware` around all routes, around 404 and 405, and around every Socket.IO handshake.
    public mutating func use(_ middleware: any Middleware) {
        routes.use(middleware)
    }

    /// Puts a closure around all routes, which calls the handler it is given, answers by itself, or throws.
    ///
    /// It runs on the connection's loop, in a task of each request. `next.respond(to:)` throws the errors behind it, of 404 too;
    /// `next.response(to:)` returns them as responses. A closure that never waits costs no task as
    /// ``ClosureMiddleware/init(answering:)``.
    public mutating func use(_ body: @escaping @Sendable (Request, any Handler) async throws -> Response) {
        use(ClosureMiddleware(body))
    }

    /// Checks all routes.
    ///
    /// - Returns: the handler of all requests.
    /// - Throws: ``RoutesError`` with every mistake that was made in registering.
    public func router() throws(RoutesError) -> Router {
        guard settings.enabledProtocols.count < SocketIOProtocol.allCases.count else { return try routes.build() }
        var routes = routes
        routes.use(EnabledProtocols(settings.enabledProtocols))
        return try routes.build()
    }

    /// Runs a program's main part: if it throws, what it threw is written to the standard error and the program exits with
    /// code 1.
    ///
    /// Swift itself ends a program whose main part throws with a trap. Use it where a program begins:
    ///
    /// ```swift
    /// await Application.main {
    ///     var app = Application()
    ///     app.get("/") { _ in "Hello, world" }
    ///     try await app.run(port: 8080)
    /// }
    /// ```
    public static func main(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            StartFailure.report(error)
        }
    }

    /// Serves on `host` and `port` until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: the port; nil is ``SeedSettings/socketIOPort``, and 8080 if that isn't set either.
    /// - Throws: ``RoutesError`` if routes are wrong; ``ListenError`` if the address can't be listened on.
    public func run(host: String = "127.0.0.1", port: Int? = nil) async throws {
        try await run(HTTPServer.Configuration(host: host, port: port ?? settings.socketIOPort ?? 8080))
    }

    /// Serves by `configuration` until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Throws: ``RoutesError`` if routes are wrong; ``ListenError`` if the address can't be listened on.
    public func run(_ configuration: HTTPServer.Configuration) async throws {
        try await run(try server(configuration))
    }

    /// Runs a server that ``server(_:)`` made until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Throws: ``ListenError`` if the address can't be listened on.
    public func run(_ server: HTTPServer) async throws {
        let group = ServiceGroup(
            services: [server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
    }

    /// A server of this application, to run in a service group of your own.
    ///
    /// - Returns: the service.
    /// - Throws: ``RoutesError`` if routes are wrong.
    public func server(_ configuration: HTTPServer.Configuration) throws(RoutesError) -> HTTPServer {
        let router = try router()
        for warning in router.warnings { logger.warning("\(warning)") }
        return HTTPServer(router, configuration: configuration, logger: logger)
    }
}
