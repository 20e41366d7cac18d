import GustHTTP

/// The patterns of the named routes of a router.
final class RouteNames: RouteURLs {
    private let routes: [String: (number: Int, compiled: CompiledRoute)]  // bytes: names of our own routes
    /// All routes of the router, with and without names, for developers.
    let table: RouteTable

    /// Collects the names; if several routes have a name, the first one counts.
    init(_ routes: [CompiledRoute], middleware: [any Middleware] = []) {
        table = RouteTable(routes, middleware: middleware)
        var first: [String: (number: Int, compiled: CompiledRoute)] = [:]  // bytes: as above
        for (number, route) in routes.enumerated() {
            guard let name = route.route.name, first[name] == nil else { continue }
            first[name] = (number, route)
        }
        self.routes = first
    }

    /// The mistake of a route with the name of an earlier route; nil for any other route.
    ///
    /// `number` is the number of the route among those with which the names were made.
    func problem(with route: Route, number: Int) -> String? {
        guard let name = route.name, let first = routes[name], first.number != number else { return nil }
        return RoutesError.problem("the name \"\(name)\" is taken by \(first.compiled.route.description)", route)
    }

    func problem(with name: String) -> String? {
        guard routes[name] == nil else { return nil }
        guard !routes.isEmpty else { return "no route is called \"\(name)\"; no route has a name" }
        let names = routes.keys.sorted().prefix(30).joined(separator: ", ")
        return "no route is called \"\(name)\"; there are only: \(names)\(routes.count > 30 ? ", …" : "")"
    }

    /// The path of the route called `name`.
    func url(for name: String, _ values: [String: String]) throws(ReverseError) -> String {
        guard let compiled = routes[name]?.compiled else { throw ReverseError(problem(with: name) ?? "") }
        let implied = compiled.route.impliedValues
        return try PathBuilder(compiled.pattern, implied.merging(values) { $1 }).path()
    }

    func path(of name: String, _ values: [String: String]) throws -> String { try url(for: name, values) }
}
