public import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// Finds the route for each request and lets it answer.
///
/// Immutable; made by ``Routes/build()``.
///
/// If only the method differs, the answer is 405 with `Allow`; `HEAD` is answered by the route for `GET`, and `OPTIONS`
/// by the list of methods, unless routes say otherwise.
public struct Router: Handler {
    /// What may be a mistake: routes that an earlier one shadows, each with an example path.
    public let warnings: [String]
    private let entries: [RouteEntry]
    private let index: RouteIndex
    private let outermost: (any Handler)?
    private let names: [String: Int]

    init(_ routes: [Route], middleware: [any Middleware]) throws(RoutesError) {
        var problems: [String] = []
        var entries: [RouteEntry] = []
        var names: [String: Int] = [:]
        for route in routes {
            do throws(PatternError) {
                let entry = try RouteEntry(route)
                problems += entry.problems
                entries.append(entry)
            } catch {
                problems.append(RoutesError.problem(error, route))
            }
            guard let name = route.name else { continue }
            if let first = names[name] {
                problems.append(
                    RoutesError.problem("the name \"\(name)\" is taken by \(entries[first].route)", route)
                )
            }
            names[name] = entries.count - 1
        }
        guard problems.isEmpty else { throw RoutesError(problems: problems) }
        self.entries = entries
        self.names = names
        index = RouteIndex(entries.map(\.pattern.literalPrefix))
        warnings = ShadowedRoutes.warnings(entries)
        let inner = RoutingHandler(entries: entries, index: index)
        outermost = middleware.isEmpty ? nil : middleware.reversed().reduce(inner as any Handler) { $1.wrapping($0) }
    }

    /// Answers by the first route that matches, through the middleware.
    public func respond(to request: Request) async throws -> Response {
        try await (outermost ?? RoutingHandler(entries: entries, index: index)).respond(to: request)
    }

    /// Answers at once if everything on the way does.
    public func respondInPlace(to request: Request) throws -> Response? {
        if let outermost { return try outermost.respondInPlace(to: request) }
        return try RoutingHandler(entries: entries, index: index).respondInPlace(to: request)
    }

    /// Tells all handlers that the server stops.
    public func shutDown() {
        for entry in entries { entry.route.handler?.shutDown() }
    }

    /// All routes in order, one a line.
    public var listing: String { entries.map(\.route.description).joined(separator: "\n") }

    /// How many matches were given up at the match limit since the process began: somebody tries hostile paths, or a
    /// pattern is badly made.
    public static var matchLimitHits: Int { CompiledExpression.limitHits.load(ordering: .relaxed) }

    /// Builds the path of the route called `name`.
    ///
    /// Works for every pattern that is made of literal text and groups; each value is percent-encoded, and the result is
    /// checked against the pattern.
    /// - Parameters:
    ///   - name: the route's name.
    ///   - values: values for the named groups; optional groups without one are left out.
    /// - Returns: the path.
    /// - Throws: ``ReverseError`` if there is no such route, a value is missing or doesn't match, or the pattern can't be
    ///   reversed.
    public func url(
        for name: String,
        _ values: [String: any LosslessStringConvertible & Sendable] = [:]
    ) throws(ReverseError) -> String {
        guard let entry = names[name].map({ entries[$0] }) else { throw ReverseError("no route is called \"\(name)\"") }
        return try entry.url(values.mapValues { $0.description })
    }

    /// The handler, pattern and captures for a path, for tests of the index: by index, or by a scan in order.
    package func match(_ path: String, scanning: Bool) -> Int? {
        let candidates = scanning ? Array(entries.indices) : index.candidates(for: path)
        return candidates.first { entries[$0].pattern.matches(path) }
    }
}
