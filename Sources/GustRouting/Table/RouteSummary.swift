import HTTPTypes

/// What a developer wants to know of a route.
package struct RouteSummary: Sendable, Encodable {
    /// The methods as they were registered; nil stands for every method.
    package let methods: [String]?
    /// The pattern of the host; nil stands for every host.
    package let host: String?
    /// The pattern of the path, with the prefixes of groups and mounts.
    package let pattern: String
    /// The name for links.
    package let name: String?
    /// The types of the middleware of groups and of the route, the outermost first.
    package let middleware: [String]
    /// The place where the route was registered, such as `App/main.swift:12`.
    package let source: String

    init(_ route: Route) {
        methods = route.methods?.map(\.rawValue)
        host = route.host
        pattern = route.pattern
        name = route.name
        middleware = (route.scopeMiddleware + route.ownMiddleware).map { "\(type(of: $0))" }
        source = route.source.description
    }

    /// The methods, separated by commas; `*` stands for every method.
    package var methodsText: String { methods?.joined(separator: ",") ?? "*" }
    /// Host and pattern.
    package var place: String { (host.map { "//\($0)" } ?? "") + pattern }
}
