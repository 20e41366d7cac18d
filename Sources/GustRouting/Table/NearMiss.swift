/// A route that nearly matches a request, and what separates the two.
package struct NearMiss: Sendable, Encodable {
    /// What separates them.
    package enum Reason: String, Sendable, Encodable {  // bytes: constants
        /// The path matches; the route answers other methods.
        case method = "answers other methods"
        /// The path matches; the route is for other hosts.
        case host = "is for another host"
        /// The path matches; a capture isn't of the type that the handler takes.
        case capture = "matches, but a capture can't be converted to the type that the handler takes"
        /// The paths differ by a slash at the end.
        case slash = "differs by the slash at the end"
        /// The paths are alike.
        case alike = "is alike"
    }

    package let route: RouteSummary
    package let reason: Reason
}
