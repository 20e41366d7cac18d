/// Builds the URLs of the named routes of one router.
@usableFromInline
package protocol RouteURLs: Sendable {
    /// Builds the path of the route called `name` with values of its captures, percent-encoded.
    ///
    /// - Throws: An error with the reason if there is no such route, or if it can't have these values.
    func path(of name: String, _ values: [String: String]) throws -> String

    /// The reason why a route can't be used in a link; nil if there is a route called `name`.
    func problem(with name: String) -> String?
}
