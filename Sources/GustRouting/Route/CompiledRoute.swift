/// A route and its compiled patterns.
struct CompiledRoute: Sendable {
    let route: Route
    let pattern: Pattern
    /// The pattern that the host must match; nil stands for every host.
    let host: Pattern?

    init(_ route: Route) throws(PatternError) {
        self.route = route
        pattern = try Pattern(route.pattern, converters: route.converters)
        host = if let host = route.host { try Pattern(host: host) } else { nil }
    }
}
