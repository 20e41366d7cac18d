/// A handler that can detect its misconfiguration before the first request, such as a missing directory of files.
///
/// The builder of a router reports the problem with the other registration errors.
package protocol SelfCheckingHandler: Handler {
    /// The problem, as a sentence without a full stop; nil if there is none.
    var problem: String? { get }

    /// The problem, for a handler that makes links to routes; `urls` has the names of the routes of its router.
    func problem(linkingTo urls: any RouteURLs) -> String?
}

extension SelfCheckingHandler {
    /// The problem of a handler that makes no links.
    package func problem(linkingTo urls: any RouteURLs) -> String? { problem }
}
