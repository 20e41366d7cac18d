package import GustHTTP
import HTTPTypes

/// All routes of a router, to be shown to a developer.
package final class RouteTable: Sendable {
    private let routes: [CompiledRoute]
    /// The types of the middleware around all routes, the outermost first.
    package let middleware: [String]

    init(_ routes: [CompiledRoute], middleware: [any Middleware]) {
        self.routes = routes
        self.middleware = middleware.map { "\(type(of: $0))" }
    }

    /// The routes in order.
    package var summaries: [RouteSummary] { routes.map { RouteSummary($0.route) } }

    /// The routes as a table of text, one per line.
    package var text: String { RouteListing.text(routes.map(\.route)) }

    /// The first route that answers a request, with the names and texts of its captures; nil if none does.
    package func route(for request: Request) -> (route: RouteSummary, captures: [(name: String?, value: String?)])? {
        for compiled in routes where compiled.answers(request) {
            guard case .captures(let captures) = compiled.match(request.target, host: request.hostName) else {
                continue
            }
            return (RouteSummary(compiled.route), captures.all)
        }
        return nil
    }

    /// The routes that nearly answer a request: those that match its path first, then those whose patterns are alike.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - count: The greatest number of routes.
    /// - Returns: The routes, the nearest first.
    package func nearMisses(of request: Request, count: Int = 5) -> [NearMiss] {
        let host = request.hostName
        let path = request.target.matchingPath
        let distance = PathDistance(path)
        // A third of the path may be wrong, but at least two bytes, which a short name or a slip of two keys needs.
        let limit = max(2, path.utf8.count / 3)
        var found: [(rank: Int, number: Int, miss: NearMiss)] = []
        for (number, compiled) in routes.enumerated() {
            let summary = RouteSummary(compiled.route)
            func add(_ reason: NearMiss.Reason, _ rank: Int) {
                found.append((rank, number, NearMiss(route: summary, reason: reason)))
            }
            switch compiled.match(request.target, host: host) {
            case .captures: if !compiled.answers(request) { add(.method, -3) }
            case .unconvertible: add(.capture, -3)
            case .otherHost: add(.host, -2)
            case .none:
                if let other = request.target.withOtherEnd, case .captures = compiled.match(other, host: host) {
                    add(.slash, -1)
                } else {
                    let steps = distance(to: compiled.route.pattern)
                    if steps <= limit { add(.alike, steps) }
                }
            }
        }
        return found.sorted { ($0.rank, $0.number) < ($1.rank, $1.number) }.prefix(count).map(\.miss)
    }
}

extension Request {
    /// The routes of the router that has the request; nil outside of a router.
    package var routeTable: RouteTable? { (captures.urls as? RouteNames)?.table }
}

extension CompiledRoute {
    /// How a route and a target go together.
    fileprivate enum Match {
        case captures(Captures)
        /// The path matches, but the captures don't have the types that the handler takes.
        case unconvertible
        /// The path matches, and the host doesn't.
        case otherHost
        case none
    }

    fileprivate func match(_ target: RequestTarget, host name: String?) -> Match {
        let path = target.matchingPath
        let found =
            if let tail = route.tail { tail.match(pattern, path, query: target.queryText) } else { pattern.match(path) }
        guard let inner = found else { return .none }
        var outer = Captures()
        if let host {
            guard let name, let captures = host.match(name) else { return .otherHost }
            outer = captures
        }
        let captures = inner.prepending(outer)
        guard route.handler != nil || route.resolve(captures) != nil else { return .unconvertible }
        return .captures(captures)
    }

    /// Whether the route answers the method of a request.
    fileprivate func answers(_ request: Request) -> Bool {
        guard let methods = route.methods else { return true }
        return methods.contains(request.method) || request.method == .head && methods.contains(.get)
    }
}
