import GustHTTP

/// A group, a mount or a host with middleware: what it puts around its routes, and which paths it claims for its refusals.
struct RouteScope: Sendable {
    /// Tells two scopes with the same prefix apart.
    final class Identity: Sendable {}

    let identity: Identity
    /// A pattern for the beginning of the path, in a group if that is needed; empty is every path.
    var prefix: String
    /// A pattern for the host; nil is every host.
    var host: String?
    /// What it puts around its routes, the outermost first.
    let middleware: [any Middleware]

    init(prefix: String, host: String? = nil, middleware: [any Middleware]) {
        identity = Identity()
        self.prefix = prefix
        self.host = host
        self.middleware = middleware
    }

    /// Whether it answers 404 for paths of its own; a group without prefix and host has none.
    var claimsPaths: Bool { !prefix.isEmpty || host != nil }
}
