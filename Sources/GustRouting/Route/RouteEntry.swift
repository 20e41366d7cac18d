import GustHTTP
import HTTPTypes

/// A route with its patterns compiled and its wishes checked; a class, so that looking at one copies nothing.
final class RouteEntry: Sendable {
    let route: Route
    let pattern: Pattern
    /// What the host must match; nil is every host.
    let host: Pattern?
    /// The methods it answers; nil is every method.
    let methods: [HTTPRequest.Method]?
    /// The names of all groups in order, those of the host first; nil for an unnamed one.
    let groupNames: [String?]
    /// The middleware around it, but for that around all routes; the outermost first.
    let middleware: [any Middleware]
    /// What answers, inside of the middleware, if it doesn't depend on the captures.
    private let handler: (any Handler)?

    init(_ route: Route) throws(PatternError) {
        self.route = route
        pattern = try Pattern(route.pattern)
        host = if let host = route.host { try Pattern(host: host) } else { nil }
        groupNames = (host?.groupNames ?? []) + pattern.groupNames
        let middleware = route.middleware
        self.middleware = middleware
        handler = route.handler.map { $0.wrapped(in: middleware) }
        methods = route.methods.map { methods in
            // HEAD is GET without the body; the server leaves that out.
            methods.contains(.get) && !methods.contains(.head) ? methods + [.head] : methods
        }
    }

    func answers(_ method: HTTPRequest.Method) -> Bool { methods?.contains(method) ?? true }

    /// The handler and the captures, if host and path match and the captures convert.
    func match(
        path: String,
        query: String?,
        host name: @autoclosure () -> String?
    ) -> (handler: any Handler, captures: Captures)? {
        var outer = Captures()
        if let host {
            guard let name = name(), let captures = host.match(name) else { return nil }
            outer = captures
        }
        let found = if let tail = route.tail { tail.match(pattern, path, query: query) } else { pattern.match(path) }
        guard let inner = found else { return nil }
        let captures = inner.prepending(outer)
        guard let handler = handler ?? route.resolve(captures)?.wrapped(in: middleware) else { return nil }
        return (handler, captures)
    }

    /// What is wrong with the route, though its patterns are right.
    var problems: [String] {
        var problems = route.mistakes.map { RoutesError.problem($0.message, route, underlining: $0.part) }
        if let problem = (route.handler as? any SelfCheckingHandler)?.problem {
            problems.append(RoutesError.problem(problem, route))
        }
        for name in host?.groupNames.compactMap(\.self) ?? [] where pattern.groupNames.contains(name) {
            problems.append(
                RoutesError.problem("the host has a capture called \"\(name)\" too", route, underlining: name)
            )
        }
        switch route.wanted {
        case .anything: break
        case .count(let count) where count == groupNames.count: break
        case .count(let count):
            let has = host == nil ? "the pattern has" : "host and pattern have"
            problems.append(
                RoutesError.problem(
                    "the handler takes \(count) capture\(count == 1 ? "" : "s"), \(has) \(groupNames.count)",
                    route
                )
            )
        case .names(let names):
            for name in names where !groupNames.contains(name) {
                problems.append(
                    RoutesError.problem("the handler wants a capture called \"\(name)\", the pattern has none", route)
                )
            }
        case .impossible(let reason): problems.append(RoutesError.problem(reason, route))
        }
        return problems
    }
}
