/// What a handler may know of its route.
package final class RouteDescription: Sendable {
    /// The pattern of the path, with the prefixes of groups and mounts.
    package let pattern: String
    /// The name of the route, if it has one.
    package let name: String?

    /// Makes the description of one route; made when the routes are built.
    package init(pattern: String, name: String?) {
        self.pattern = pattern
        self.name = name
    }
}
