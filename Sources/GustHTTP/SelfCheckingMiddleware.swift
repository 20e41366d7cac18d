/// A middleware that can detect a mistake in its configuration before the server starts.
package protocol SelfCheckingMiddleware: Middleware {
    /// The problem, as a sentence without a full stop; nil if there is none. `urls` has the names of the routes of the router.
    func problem(linkingTo urls: any RouteURLs) -> String?
}
