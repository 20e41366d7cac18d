public import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// Passes each request to the handler of the first route that matches.
///
/// A router is immutable. ``Routes/build()`` makes it.
///
/// If routes match the path but not the method, the answer is 405 with `Allow`. Routes for `GET` also answer `HEAD`.
/// Unless a route is registered for `OPTIONS`, `OPTIONS` is answered with the methods of the matching routes, and
/// `OPTIONS *` with the methods of all routes. If no route matches the path, the answer is 404. Paths are never
/// normalised: empty segments, `.` and `..` are matched as they were sent.
public struct Router: CompositeHandler {
    /// Warnings, which the server logs when it starts: about routes that an earlier route shadows, and about expressions that a short path
    /// makes backtrack until the limit of steps; each with an example path.
    public let warnings: [String]
    private let routing: RoutingHandler
    /// The routing, inside the middleware.
    private let outermost: any Handler
    private let isWrapped: Bool
    private let names: RouteNames
    /// The captures of requests before a route has matched, which have the names of this router.
    private let unrouted: Captures

    init(_ routes: [Route], middleware: [any Middleware]) throws(RoutesError) {
        var problems: [String] = []
        let compiled = routes.map { route in Result { () throws(PatternError) in try CompiledRoute(route) } }
        let names = RouteNames(compiled.compactMap { try? $0.get() }, middleware: middleware)
        var entries: [RouteEntry] = []
        for (route, compiled) in zip(routes, compiled) {
            switch compiled {
            case .success(let compiled):
                let entry = RouteEntry(compiled, names)
                problems += entry.problems
                entries.append(entry)
                if let problem = names.problem(with: route, number: entries.count - 1) { problems.append(problem) }
            case .failure(let error): problems.append(RoutesError.problem(error, route))
            }
        }
        problems += ShadowedRoutes.repetitions(entries)
        problems += Self.problems(of: middleware + entries.flatMap(\.middleware), names)
        guard problems.isEmpty else { throw RoutesError(problems: problems) }
        self.names = names
        let unrouted = RouteDescription(before: names)
        self.unrouted = Captures(of: unrouted)
        let routing = RoutingHandler(entries, before: unrouted, isWrapped: !middleware.isEmpty)
        warnings = ShadowedRoutes.warnings(entries, routing.index) + entries.flatMap(\.backtrackingWarnings)
        self.routing = routing
        outermost = routing.wrapped(in: middleware)
        isWrapped = !middleware.isEmpty
    }

    /// The mistakes in middleware, each once.
    private static func problems(of middleware: [any Middleware], _ names: RouteNames) -> [String] {
        var problems: [String] = []
        for case let middleware as any SelfCheckingMiddleware in middleware {
            guard let problem = middleware.problem(linkingTo: names) else { continue }
            if !problems.contains(where: { $0.hasSameBytes(as: problem) }) { problems.append(problem) }
        }
        return problems
    }

    /// Answers with the first route that matches, inside the router's middleware.
    ///
    /// - Returns: the answer of the route's handler; 404, 405 or a list of methods if no route matches.
    public func answer(_ request: Request) -> Answer {
        // Middleware may use the names of the routes.
        guard isWrapped, request.captures.isEmpty else { return outermost.answer(request) }
        var request = request
        request.captures = unrouted
        return outermost.answer(request)
    }

    /// The handlers of all routes, except handlers that depend on captures.
    package var parts: [any Handler] { routing.entries.compactMap(\.route.handler) }

    /// All routes in order, one per line: methods (`*` stands for every method), host and pattern, name, middleware (the types, those of
    /// groups first, without the middleware around all routes), and place of registration.
    public var listing: String { RouteListing.text(routing.entries.map(\.route)) }

    /// All routes, to be shown to a developer.
    package var table: RouteTable { names.table }

    /// The number of matches that were aborted at a limit since the process began.
    ///
    /// If it grows, clients send hostile paths, or a pattern backtracks too much.
    package static var matchLimitHits: Int { CompiledExpression.limitHits.load(ordering: .relaxed) }

    /// Builds the path of the route called `name`: percent-encoded, without host and query.
    ///
    /// Any pattern that consists of literal text and groups can be reversed, also with optional parts. Of several
    /// alternatives, the first with a group that has a value is used. The built path is checked: the pattern must match
    /// it, and the captures must equal the values. A slash in a value is kept if the value's capture matches slashes,
    /// and is encoded as `%2F` otherwise.
    ///
    /// ```swift
    /// app.get("/users/:id(?:/page/(?<page>\\d+))?", name: "user") { … }
    /// try router.url(for: "user", ["id": "a b"])             // "/users/a%20b"
    /// try router.url(for: "user", ["id": 7, "page": 2])      // "/users/7/page/2"
    /// ```
    /// - Parameters:
    ///   - name: the route's name.
    ///   - values: values of named captures by their names, and of unnamed groups by their number among the unnamed
    ///     groups (`"0"`); optional parts of the pattern without a value are left out.
    /// - Returns: the path. It never has a segment `.` or `..`, which a client would remove, and never begins with two
    ///   slashes, which a client would read as a host.
    /// - Throws: ``ReverseError`` if there is no such route, if a value is missing, unknown or not matched by its
    ///   capture, or if the pattern can't be reversed.
    public func url(
        for name: String,
        _ values: [String: any LosslessStringConvertible & Sendable] = [:]
    ) throws(ReverseError) -> String {
        try names.url(for: name, values.mapValues { $0.description })
    }

    /// The number of the first route that matches `path`, found by the index or by a scan of all routes; for tests of
    /// the index.
    package func match(_ path: String, scanning: Bool) -> Int? {
        let candidates = scanning ? Array(routing.entries.indices) : routing.index.candidates(for: path)
        return candidates.first { routing.entries[$0].pattern.matches(path) }
    }
}
