import GustHTTP
import HTTPTypes

/// The routing itself, inside of the middleware.
struct RoutingHandler: Handler {
    let entries: [RouteEntry]
    let index: RouteIndex

    init(_ entries: [RouteEntry]) {
        self.entries = entries
        index = RouteIndex(entries.map(\.pattern.literalPrefix))
    }

    func answer(_ request: Request) -> Answer {
        let path = request.target.matchingPath
        let candidates = index.candidates(for: path)
        for number in candidates {
            let entry = entries[number]
            guard entry.answers(request.method) else { continue }
            guard let match = entry.match(path: path, host: request.hostName) else { continue }
            if match.captures.isEmpty { return match.handler.answer(request) }
            var request = request
            request.captures = match.captures.prepending(request.captures)
            return match.handler.answer(request)
        }
        let allowed = allowedMethods(request, path, candidates)
        guard !allowed.isEmpty else { return .failed(HTTPError(.notFound)) }
        return .ready(
            Response(
                status: request.method == .options ? .noContent : .methodNotAllowed,
                headers: [.allow: allowed.union(["OPTIONS"]).sorted().joined(separator: ", ")]
            )
        )
    }

    /// The methods that would have found a route; for `OPTIONS *`, those of all routes (RFC 9110 §9.3.7).
    private func allowedMethods(_ request: Request, _ path: String, _ candidates: [Int]) -> Set<String> {
        let isForAll = path == "*" && request.method == .options
        var allowed: Set<String> = []
        for number in isForAll ? Array(entries.indices) : candidates {
            let entry = entries[number]
            guard let methods = entry.methods else { continue }
            // A typed capture that doesn't convert is no route for any method.
            guard isForAll || entry.match(path: path, host: request.hostName) != nil else { continue }
            allowed.formUnion(methods.map(\.rawValue))
        }
        return allowed
    }
}
