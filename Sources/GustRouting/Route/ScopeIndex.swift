import GustHTTP

/// Finds the scope of a path that no route matches.
///
/// Of the scopes that claim a path the one that was declared first counts, and of scopes inside of it the innermost, again the
/// first declared. A scope claims its prefix itself and what follows behind a slash.
struct ScopeIndex: Sendable {
    /// A scope with its patterns compiled.
    private final class Entry: Sendable {
        let pattern: Pattern
        let host: Pattern?
        let middleware: [any Middleware]

        init(_ scope: RouteScope, around middleware: [any Middleware]) throws(PatternError) {
            pattern = try Pattern(scope.prefix.isEmpty ? "/.*|\\*" : "\(scope.prefix)(?:/.*)?")
            host = if let host = scope.host { try Pattern(host: host) } else { nil }
            self.middleware = middleware
        }
    }

    /// Which scopes there are, and inside of which.
    private struct Tree {
        struct Key: Hashable {
            let identity: ObjectIdentifier
            let prefix: [UInt8]
            let host: [UInt8]?

            init(_ scope: RouteScope) {
                identity = ObjectIdentifier(scope.identity)
                prefix = Array(scope.prefix.utf8)
                host = scope.host.map { Array($0.utf8) }
            }
        }

        var scope: RouteScope?
        var keys: [Key] = []
        var children: [Key: Tree] = [:]

        mutating func insert(_ scopes: ArraySlice<RouteScope>) {
            guard let scope = scopes.first else { return }
            let key = Key(scope)
            if children[key] == nil {
                keys.append(key)
                children[key] = Tree(scope: scope)
            }
            children[key]?.insert(scopes.dropFirst())
        }

        /// All scopes, inner ones in front of those around them, each with all of the middleware around it.
        func flattened(inside outer: [any Middleware] = []) -> [(scope: RouteScope, middleware: [any Middleware])] {
            let middleware = outer + (scope?.middleware ?? [])
            let inner = keys.compactMap { children[$0] }.flatMap { $0.flattened(inside: middleware) }
            return inner + (scope.map { [($0, middleware)] } ?? [])
        }
    }

    private let entries: [Entry]
    private let index: RouteIndex

    /// Collects the scopes of all routes, in order of declaration.
    ///
    /// A scope whose prefix is no pattern is left out: the mistake is reported for each of its routes.
    init(_ routes: [Route]) {
        var tree = Tree()
        for route in routes { tree.insert(route.scopes[...]) }
        entries = tree.flattened().filter(\.scope.claimsPaths).compactMap { scope, middleware in
            do { return try Entry(scope, around: middleware) } catch { return nil }
        }
        index = RouteIndex(entries.map(\.pattern.literalPrefix))
    }

    /// The middleware of the scope that claims a path, and the captures of its host and prefix; nil if none does.
    func scope(of path: String, host name: String?) -> (middleware: [any Middleware], captures: Captures)? {
        for number in index.candidates(for: path) {
            let entry = entries[number]
            var outer = Captures()
            if let host = entry.host {
                guard let name, let captures = host.match(name) else { continue }
                outer = captures
            }
            guard let captures = entry.pattern.match(path) else { continue }
            return (entry.middleware, captures.prepending(outer))
        }
        return nil
    }
}
