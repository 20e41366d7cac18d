import GustHTTP

/// Passes requests to a handler without the prefix of the path at which the handler is mounted.
struct MountedHandler: SelfCheckingHandler, CompositeHandler {
    /// The name of the capture that holds the rest of the path; the handler doesn't get this capture.
    static let restName = "gustRest"

    let handler: any Handler

    var problem: String? { (handler as? any SelfCheckingHandler)?.problem }

    func problem(linkingTo urls: any RouteURLs) -> String? {
        (handler as? any SelfCheckingHandler)?.problem(linkingTo: urls)
    }

    func answer(_ request: Request) -> Answer { handler.answer(inner(request)) }

    var parts: [any Handler] { [handler] }

    private func inner(_ request: Request) -> Request {
        // The rest is the last group of the pattern.
        guard let (rest, captures) = request.captures.splittingLast else { return request }
        var request = request.mounted(rest)
        request.captures = captures
        return request
    }
}
