/// What a request may know of its router, and of its route once a route has matched.
@usableFromInline
package final class RouteDescription: Sendable {
    /// The pattern of the path, with the prefixes of groups and mounts; empty before a route has matched.
    package let pattern: String
    /// The name of the route, if it has one.
    package let name: String?
    /// Builds URLs of the routes of the router; nil for a route that belongs to no router yet.
    package let urls: (any RouteURLs)?
    /// Whether a route has matched.
    package let isRoute: Bool

    /// Makes the description of one route; made when the routes are built.
    package init(pattern: String, name: String?, urls: (any RouteURLs)? = nil) {
        self.pattern = pattern
        self.name = name
        self.urls = urls
        isRoute = true
    }

    /// Makes the description that requests have before a route has matched; one for each router.
    package init(before urls: any RouteURLs) {
        pattern = ""
        name = nil
        self.urls = urls
        isRoute = false
    }
}
