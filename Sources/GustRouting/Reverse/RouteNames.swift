import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// The patterns of the named routes of a router, and of its routes for static files.
final class RouteNames: RouteURLs {
    private let routes: [String: (number: Int, compiled: CompiledRoute)]  // bytes: names of our own routes
    /// All routes of the router, with and without names, for developers.
    let table: RouteTable

    /// The routes that serve static files, in order.
    private let files: [FileRoute]
    /// The paths of static files that were built.
    private let filePaths = Mutex<[ByteText: (route: Int, path: String)]>([:])
    private static let maximumFilePaths = 1_024

    /// Collects the names; if several routes have a name, the first one counts.
    init(_ routes: [CompiledRoute], middleware: [any Middleware] = []) {
        table = RouteTable(routes, middleware: middleware)
        var first: [String: (number: Int, compiled: CompiledRoute)] = [:]  // bytes: as above
        for (number, route) in routes.enumerated() {
            guard let name = route.route.name, first[name] == nil else { continue }
            first[name] = (number, route)
        }
        self.routes = first
        files = routes.compactMap { FileRoute($0) }
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

    func problem(with name: String, captures: [String]) -> String? {
        guard let compiled = routes[name]?.compiled else { return problem(with: name) }
        return PathBuilder.problem(compiled.pattern, captures: captures + compiled.route.impliedValues.keys)
    }

    /// The path of the route called `name`.
    func url(for name: String, _ values: [String: String]) throws(ReverseError) -> String {
        guard let compiled = routes[name]?.compiled else { throw ReverseError(problem(with: name) ?? "") }
        let implied = compiled.route.impliedValues
        return try PathBuilder(compiled.pattern, implied.merging(values) { $1 }).path()
    }

    func path(of name: String, _ values: [String: String]) throws -> String { try url(for: name, values) }

    func path(ofFile path: String, now: NIODeadline) throws -> String {
        let key = ByteText(path)
        if let (number, url) = filePaths.withLock({ $0[key] }), let query = files[number].query(of: path, now) {
            return url + query
        }
        for (number, route) in files.enumerated() {
            guard let query = route.query(of: path, now) else { continue }
            let url = try route.url(of: path)
            filePaths.withLock { paths in
                if paths.count < Self.maximumFilePaths { paths[key] = (number, url) }
            }
            return url + query
        }
        throw ReverseError(missing(path))
    }

    func problem(withFile path: String) -> String? {
        do {
            guard let route = files.first(where: { $0.files.prepareVersion(ofFile: path) }) else {
                return missing(path)
            }
            _ = try route.url(of: path)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func missing(_ path: String) -> String {
        files.isEmpty
            ? "no route serves the static file \"\(path)\": there is no route with `.files`"
            : "there is no static file \"\(path)\" below \(files.map(\.description).joined(separator: ", "))"
    }
}
