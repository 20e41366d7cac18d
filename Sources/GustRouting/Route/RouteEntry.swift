import GustHTTP
import HTTPTypes

/// A route with compiled patterns; a class, so that access to an entry copies nothing.
final class RouteEntry: Sendable {
    let route: Route
    let pattern: Pattern
    /// The pattern that the host must match; nil stands for every host.
    let host: Pattern?
    /// The methods that the route answers; nil stands for every method.
    let methods: [HTTPRequest.Method]?
    /// The names of all groups in order, those of the host first; nil for an unnamed group.
    let groupNames: [String?]
    let trailingSlash: TrailingSlash
    /// What handlers may know of the route.
    let description: RouteDescription
    /// The captures of a match without groups.
    let emptyCaptures: Captures
    /// The most frequent path of a route that matches all paths below a text, such as `/socket.io/`, and its captures; nil for another
    /// route.
    private let shortest: (path: String, captures: Captures)?
    private let names: RouteNames
    /// The middleware of the route's scopes, without that of the router; the outermost first.
    let scopeMiddleware: [any Middleware]
    /// The middleware of the route's scopes, and that of the route itself inside it.
    let middleware: [any Middleware]
    /// Answers by the handler inside ``middleware``; nil if the handler depends on the captures.
    ///
    /// A closure, because each use of a stored `any Handler` copies it.
    private let answering: (@Sendable (Request) -> Answer)?

    init(_ compiled: CompiledRoute, _ names: RouteNames) {
        let route = compiled.route
        self.route = route
        self.names = names
        description = RouteDescription(pattern: route.pattern, name: route.name, urls: names)
        emptyCaptures = Captures(of: description)
        pattern = compiled.pattern
        host = compiled.host
        // The end of a path with a tail belongs to the grammar of the tail.
        trailingSlash = route.tail == nil ? route.trailingSlash ?? .strict : .strict
        shortest = Self.shortest(compiled, description)
        groupNames = (host?.groupNames ?? []) + pattern.groupNames
        scopeMiddleware = route.scopeMiddleware
        let middleware = scopeMiddleware + route.ownMiddleware
        self.middleware = middleware
        answering = route.handler.map { handler in
            let handler = handler.wrapped(in: middleware)
            return { handler.answer($0) }
        }
        methods = route.methods.map { methods in
            // A route for GET also answers HEAD; the server leaves the body out.
            methods.contains(.get) && !methods.contains(.head) ? methods + [.head] : methods
        }
    }

    private static func shortest(_ compiled: CompiledRoute, _ description: RouteDescription) -> (String, Captures)? {
        guard compiled.pattern.isRest, compiled.route.tail == nil else { return nil }
        let prefix = compiled.pattern.literalPrefix
        let path = prefix.utf8.last == UInt8(ascii: "/") ? prefix : prefix + "/"
        guard let captures = compiled.pattern.match(path) else { return nil }
        captures.markFresh(description)
        return (path, captures)
    }

    /// The captures of the path; nil if it doesn't match.
    private func captures(of path: String, query: () -> String?) -> Captures? {
        if let shortest, path.hasSameBytes(as: shortest.path) { return shortest.captures }
        return if let tail = route.tail { tail.match(pattern, path, query: query()) } else { pattern.match(path) }
    }

    /// The entry of a route that belongs to no router.
    convenience init(_ route: Route) throws(PatternError) {
        self.init(try CompiledRoute(route), RouteNames([]))
    }

    func answers(_ method: HTTPRequest.Method) -> Bool { methods?.contains(method) ?? true }

    /// The literal text that every path of the route begins with.
    var prefix: RouteIndex.Prefix {
        // A tail follows the text.
        RouteIndex.Prefix(text: pattern.literalPrefix, isWhole: pattern.isLiteral && route.tail == nil)
    }

    /// A match of the route.
    struct Match {
        let captures: Captures
        /// Answers by the handler.
        let answering: @Sendable (Request) -> Answer
    }

    /// The match if host and path match, the route's conditions are met and the captures can be converted; nil otherwise.
    func match(
        _ request: Request,
        path: String,
        query: @autoclosure () -> String?,
        host name: @autoclosure () -> String?
    ) -> Match? {
        var outer = Captures()
        if let host {
            guard let name = name(), let captures = host.match(name) else { return nil }
            outer = captures
        }
        guard let inner = captures(of: path, query: query),
            route.conditions.isEmpty || route.conditions.allSatisfy({ $0(request) })
        else {
            return nil
        }
        let captures = host == nil ? inner : inner.prepending(outer)
        captures.markFresh(description)
        if let answering { return Match(captures: captures, answering: answering) }
        guard let handler = route.resolve(captures)?.wrapped(in: middleware) else { return nil }
        return Match(captures: captures) { handler.answer($0) }
    }

    /// Warnings about expressions that backtrack too much, unless they are tolerated.
    var backtrackingWarnings: [String] {
        guard !route.toleratesBacktracking else { return [] }
        return [host, pattern].compactMap { $0?.backtrackingWarning }.map { RoutesError.problem($0, route) }
    }

    /// The mistakes in a route whose patterns are valid.
    var problems: [String] {
        var problems = route.prefixes.compactMap { Pattern.mistake(prefix: $0, route.converters) }
            .map { RoutesError.problem($0.description, route) }
        problems += route.mistakes.map { RoutesError.problem($0.message, route, underlining: $0.part) }
        if let problem = (route.handler as? any SelfCheckingHandler)?.problem(linkingTo: names) {
            problems.append(RoutesError.problem(problem, route))
        }
        for name in host?.groupNames.compactMap(\.self) ?? [] where pattern.groupNames.contains(name) {
            problems.append(
                RoutesError.problem("the host also has a capture called \"\(name)\"", route, underlining: name)
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
                    RoutesError.problem("the handler needs a capture called \"\(name)\", the pattern has none", route)
                )
            }
        case .impossible(let reason): problems.append(RoutesError.problem(reason, route))
        }
        return problems
    }
}
