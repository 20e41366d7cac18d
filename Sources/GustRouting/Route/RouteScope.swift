import GustHTTP

/// A group, a mount or a host with middleware: its middleware, and the paths for which that middleware is around a 404
/// response.
struct RouteScope: Sendable {
    /// Distinguishes two scopes with the same prefix.
    final class Identity: Sendable {}

    let identity: Identity
    /// A pattern for the beginning of the path, in a non-capturing group if necessary; an empty prefix stands for every
    /// path.
    var prefix: String
    /// A pattern for the host; nil stands for every host.
    var host: String?
    /// The converters of the prefix.
    var converters: [String: String] = [:]  // bytes: names in our own patterns
    /// The middleware around the routes of the scope, the outermost first.
    let middleware: [any Middleware]

    init(prefix: String, host: String? = nil, middleware: [any Middleware]) {
        identity = Identity()
        self.prefix = prefix
        self.host = host
        self.middleware = middleware
    }

    /// Whether the scope claims paths that no route matches; a group without a prefix and without a host doesn't.
    var claimsPaths: Bool { !prefix.isEmpty || host != nil }
}
