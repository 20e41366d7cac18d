public import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// Finds the route for each request and lets it answer.
///
/// Immutable; made by ``Routes/build()``.
///
/// If only the method differs, the answer is 405 with `Allow`; `HEAD` is answered by the route for `GET`, `OPTIONS` by the
/// list of methods (`OPTIONS *` by that of all routes), unless routes say otherwise. An unknown path is 404. Paths are
/// never tidied up: empty segments, `.` and `..` are matched as they were sent.
public struct Router: CompositeHandler {
    /// What may be a mistake: routes that an earlier one shadows, each with an example path.
    public let warnings: [String]
    private let routing: RoutingHandler
    private let outermost: (any Handler)?
    private let names: [String: RouteEntry]  // bytes: names of our own routes

    init(_ routes: [Route], middleware: [any Middleware]) throws(RoutesError) {
        var problems: [String] = []
        var entries: [RouteEntry] = []
        var names: [String: RouteEntry] = [:]  // bytes: names of our own routes
        for route in routes {
            do throws(PatternError) {
                let entry = try RouteEntry(route)
                problems += entry.problems
                entries.append(entry)
                guard let name = route.name, let first = names.updateValue(entry, forKey: name) else { continue }
                problems.append(RoutesError.problem("the name \"\(name)\" is taken by \(first.route)", route))
            } catch {
                problems.append(RoutesError.problem(error, route))
            }
        }
        problems += ShadowedRoutes.repetitions(entries)
        guard problems.isEmpty else { throw RoutesError(problems: problems) }
        self.names = names
        warnings = ShadowedRoutes.warnings(entries)
        let routing = RoutingHandler(entries)
        self.routing = routing
        outermost = middleware.isEmpty ? nil : routing.wrapped(in: middleware)
    }

    /// Answers by the first route that matches, through the middleware.
    ///
    /// - Returns: the answer of the route's handler; 404 if no route matches.
    public func answer(_ request: Request) -> Answer {
        if let outermost { return outermost.answer(request) }
        return routing.answer(request)
    }

    /// The handlers of all routes.
    package var parts: [any Handler] { routing.entries.compactMap(\.route.handler) }

    /// All routes in order, one a line: methods (`*` is every method), host and pattern, name, and where it was registered.
    public var listing: String { RouteListing.text(routing.entries.map(\.route)) }

    /// How many matches were given up at a limit since the process began: somebody tries hostile paths, or a pattern is
    /// badly made.
    public static var matchLimitHits: Int { CompiledExpression.limitHits.load(ordering: .relaxed) }

    /// Builds the path of the route called `name`, percent-encoded, without host and query.
    ///
    /// Works for every pattern that is made of text and groups, however optional; of several alternatives it takes the
    /// first that has a place for one of the values. The path is checked: it matches the pattern, and the captures give
    /// back the very values. A slash in a value stays one where its capture may hold it, and becomes `%2F` elsewhere.
    ///
    /// ```swift
    /// app.get("/users/:id(?:/page/(?<page>\\d+))?", name: "user") { … }
    /// try router.url(for: "user", ["id": "a b"])             // "/users/a%20b"
    /// try router.url(for: "user", ["id": 7, "page": 2])      // "/users/7/page/2"
    /// ```
    /// - Parameters:
    ///   - name: the route's name.
    ///   - values: values of the captures by name, those of unnamed groups by their number among the unnamed (`"0"`);
    ///     optional parts of the pattern without a value are left out.
    /// - Returns: the path. Never one that a client would change before sending it or take for another host: with a
    ///   segment `.` or `..`, or two slashes in front.
    /// - Throws: ``ReverseError`` if there is no such route, a value is missing, of the wrong form or of no use, or the
    ///   pattern can't be reversed.
    public func url(
        for name: String,
        _ values: [String: any LosslessStringConvertible & Sendable] = [:]
    ) throws(ReverseError) -> String {
        guard let entry = names[name] else { throw ReverseError("no route is called \"\(name)\"") }
        return try PathBuilder(entry.pattern, values.mapValues { $0.description }).path()
    }

    /// The number of the route for a path, for tests of the index: by index, or by a scan in order.
    package func match(_ path: String, scanning: Bool) -> Int? {
        let candidates = scanning ? Array(routing.entries.indices) : routing.index.candidates(for: path)
        return candidates.first { routing.entries[$0].pattern.matches(path) }
    }
}
