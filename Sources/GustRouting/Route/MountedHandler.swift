import GustHTTP

/// A handler that sees only what follows the prefix it is mounted at.
struct MountedHandler: SelfCheckingHandler, CompositeHandler {
    /// The capture that holds the rest of the path; hidden from the handler.
    static let restName = "gustRest"

    let handler: any Handler

    var problem: String? { (handler as? any SelfCheckingHandler)?.problem }

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
