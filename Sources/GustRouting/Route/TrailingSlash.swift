/// What happens to a path that no route matches, but that a route would match with a slash more, or one less, at its end.
///
/// A route that matches the path as it was sent always has precedence, so `/a` and `/a/` can be two routes. `/` has no other spelling, nor
/// has a path that ends with two slashes. The routes of a Socket.IO endpoint parse the end of their paths themselves.
public enum TrailingSlash: Sendable {
    /// The path is answered with 404.
    case strict
    /// The path is answered with 308 (Permanent Redirect) to the other spelling, with the same query; the client repeats method and body.
    ///
    /// The redirect passes through the middleware of the route. The location is a path, never a host: a path such as `//example.com/`,
    /// or one with a segment `.` or `..`, is answered with 404. WebSocket clients don't follow redirects.
    case redirect
    /// The path is answered like the other spelling, which is the `path` of the request inside of the route's middleware.
    case ignore
}
