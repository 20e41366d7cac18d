import GustHTTP
import HTTPTypes

/// Routes requests, inside the router's middleware.
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
            var request = request
            if match.captures.isEmpty, request.captures.isEmpty {
                request.captures = entry.emptyCaptures
            } else {
                var captures = match.captures.prepending(request.captures)
                if captures.route !== entry.description { captures.setRoute(entry.description) }
                request.captures = captures
            }
            return match.handler.answer(request)
        }
        return refuse(request, path, candidates)
    }

    // MARK: Refusals

    /// Answers a request that no route answers: with 404, with 405, or with the list of methods.
    private func refuse(_ request: Request, _ path: String, _ candidates: [Int]) -> Answer {
        let host = request.hostName
        if path.hasSameBytes(as: "*"), request.method == .options {
            // RFC 9110 §9.3.7: `OPTIONS *` asks about the server as a whole.
            return .ready(Self.listing(entries, for: request))
        }
        let matching = candidates.lazy.map { entries[$0] }.compactMap { entry in
            // If typed captures can't be converted, the route doesn't count for any method.
            entry.match(path: path, query: request.target.queryText, host: host).map {
                (entry: entry, captures: $0.captures)
            }
        }
        let routes = Array(matching)
        guard let first = routes.first else {
            guard let scope = scopes.scope(of: path, host: host) else { return .failed(HTTPError(.notFound)) }
            return Self.answer(request, scope.captures, .failed(HTTPError(.notFound)), in: scope.middleware)
        }
        // For a preflight request of CORS, the middleware of the route that will answer the actual request must decide.
        let wanted = request.method == .options ? request.headers[.accessControlRequestMethod] : nil
        let scope = wanted.flatMap { wanted in
            routes.first { $0.entry.methods?.contains { $0.rawValue.hasSameBytes(as: wanted) } ?? true }
        }
        let answer = Self.listing(routes.map(\.entry), for: request)
        return Self.answer(request, (scope ?? first).captures, .ready(answer), in: (scope ?? first).entry.middleware)
    }

    /// Passes an answer of the router through the middleware of a scope.
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

    /// The response with the methods of routes in `Allow`: 204 for `OPTIONS`, 405 for any other method.
    private static func listing(_ entries: [RouteEntry], for request: Request) -> Response {
        let allowed = Set(entries.flatMap { $0.methods ?? [] }.map(\.rawValue)).union(["OPTIONS"])
        return Response(
            status: request.method == .options ? .noContent : .methodNotAllowed,
            headers: [.allow: allowed.sorted().joined(separator: ", ")]
        )
    }
}

/// Returns an answer that the router has already chosen.
private struct RefusingHandler: Handler {
    let answer: Answer

    func answer(_ request: Request) -> Answer { answer }
}
