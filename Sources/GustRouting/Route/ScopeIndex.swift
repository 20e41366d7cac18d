import GustHTTP

/// Finds the scope of a path that no route matches.
///
/// A scope claims the paths that equal its prefix, and those that continue with a slash after it. If several scopes
/// claim a path, the one declared first is used; among the scopes inside it, the innermost, and of several innermost
/// the one declared first.
struct ScopeIndex: Sendable {
    /// A scope with compiled patterns.
    private final class Entry: Sendable {
        let pattern: Pattern
        let host: Pattern?
        let middleware: [any Middleware]

        init(_ scope: RouteScope, around middleware: [any Middleware]) throws(PatternError) {
            let text = scope.prefix.isEmpty ? "/.*|\\*" : "\(scope.prefix)(?:/.*)?"
            pattern = try Pattern(text, converters: scope.converters)
            host = if let host = scope.host { try Pattern(host: host) } else { nil }
            self.middleware = middleware
        }
    }

    /// The scopes as a tree, in which the children of a node are the scopes inside it.
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

        /// All scopes, each after the scopes inside it, and with the middleware of all scopes that contain it.
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
    /// A scope with an invalid prefix is left out: the mistake is reported for each of its routes.
    init(_ routes: [Route]) {
        var tree = Tree()
        for route in routes {
            var scopes = route.scopes
            for number in scopes.indices { scopes[number].converters = route.converters }
            tree.insert(scopes[...])
        }
        entries = tree.flattened().filter(\.scope.claimsPaths).compactMap { scope, middleware in
            do { return try Entry(scope, around: middleware) } catch { return nil }
        }
        index = RouteIndex(entries.map { RouteIndex.Prefix(text: $0.pattern.literalPrefix) })
    }

    /// The middleware of the scope that claims `path`, and the captures of its host and prefix; nil if no scope claims
    /// it.
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
