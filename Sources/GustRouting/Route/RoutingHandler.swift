import GustHTTP
import HTTPTypes

/// The routing itself, inside of the middleware.
struct RoutingHandler: Handler {
    let entries: [RouteEntry]
    let index: RouteIndex
    private let scopes: ScopeIndex

    init(_ entries: [RouteEntry]) {
        self.entries = entries
        index = RouteIndex(entries.map(\.pattern.literalPrefix))
        scopes = ScopeIndex(entries.map(\.route))
    }

    func answer(_ request: Request) -> Answer {
        let path = request.target.matchingPath
        let candidates = index.candidates(for: path)
        for number in candidates {
            let entry = entries[number]
            guard entry.answers(request.method) else { continue }
            guard let match = entry.match(path: path, query: request.target.queryText, host: request.hostName) else {
                continue
            }
            if match.captures.isEmpty { return match.handler.answer(request) }
            var request = request
            request.captures = match.captures.prepending(request.captures)
            return match.handler.answer(request)
        }
        return refuse(request, path, candidates)
    }

    // MARK: Refusals

    /// Answers a request for which there is no route: 404, 405, or the list of methods.
    private func refuse(_ request: Request, _ path: String, _ candidates: [Int]) -> Answer {
        let host = request.hostName
        if path.hasSameBytes(as: "*"), request.method == .options {
            // RFC 9110 §9.3.7: a question about the server as a whole.
            return .ready(Self.listing(entries, for: request))
        }
        let matching = candidates.lazy.map { entries[$0] }.compactMap { entry in
            // A typed capture that doesn't convert is no route for any method.
            entry.match(path: path, query: request.target.queryText, host: host).map {
                (entry: entry, captures: $0.captures)
            }
        }
        let routes = Array(matching)
        guard let first = routes.first else {
            guard let scope = scopes.scope(of: path, host: host) else { return .failed(HTTPError(.notFound)) }
            return Self.answer(request, scope.captures, .failed(HTTPError(.notFound)), in: scope.middleware)
        }
        // A browser asks before it sends a request: what it may do is decided where that request will be answered.
        let wanted = request.method == .options ? request.headers[.accessControlRequestMethod] : nil
        let scope = wanted.flatMap { wanted in
            routes.first { $0.entry.methods?.contains { $0.rawValue.hasSameBytes(as: wanted) } ?? true }
        }
        let answer = Self.listing(routes.map(\.entry), for: request)
        return Self.answer(request, (scope ?? first).captures, .ready(answer), in: (scope ?? first).entry.middleware)
    }

    /// What the middleware of a scope makes of an answer of the router.
    private static func answer(
        _ request: Request,
        _ captures: Captures,
        _ answer: Answer,
        in middleware: [any Middleware]
    ) -> Answer {
        guard !middleware.isEmpty else { return answer }
        var request = request
        request.captures = captures.prepending(request.captures)
        return RefusingHandler(answer: answer).wrapped(in: middleware).answer(request)
    }

    /// The methods of routes: 204 for `OPTIONS`, 405 for any other method, which is none of theirs.
    private static func listing(_ entries: [RouteEntry], for request: Request) -> Response {
        let allowed = Set(entries.flatMap { $0.methods ?? [] }.map(\.rawValue)).union(["OPTIONS"])
        return Response(
            status: request.method == .options ? .noContent : .methodNotAllowed,
            headers: [.allow: allowed.sorted().joined(separator: ", ")]
        )
    }
}

/// Answers what the router has decided.
private struct RefusingHandler: Handler {
    let answer: Answer

    func answer(_ request: Request) -> Answer { answer }
}
