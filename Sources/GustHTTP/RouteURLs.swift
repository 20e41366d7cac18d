public import NIOCore

/// Builds the URLs of the named routes of one router.
@usableFromInline
package protocol RouteURLs: Sendable {
    /// Builds the path of the route called `name` with values of its captures, percent-encoded.
    ///
    /// - Throws: An error with the reason if there is no such route, or if it can't have these values.
    func path(of name: String, _ values: [String: String]) throws -> String

    /// The reason why a route can't be used in a link; nil if there is a route called `name`.
    func problem(with name: String) -> String?

    /// The reason why a link with values for these captures can't be built, whatever the values are; nil if it can with some.
    func problem(with name: String, captures: [String]) -> String?

    /// Builds the path of a static file, with its version as the query if it is known.
    ///
    /// - Parameters:
    ///   - path: The path of the file below the directory of a route, decoded.
    ///   - now: The time of the request's loop.
    /// - Returns: The path, percent-encoded, with the query.
    /// - Throws: An error with the reason if no route serves such a file.
    func path(ofFile path: String, now: NIODeadline) throws -> String

    /// The reason why a static file can't be used in a link; nil if a route serves it.
    ///
    /// Computes the version of the file; blocks the thread, so it is only called before serving.
    func problem(withFile path: String) -> String?
}
