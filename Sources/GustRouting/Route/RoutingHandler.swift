import GustHTTP
import HTTPTypes

/// Routes requests, inside the router's middleware.
struct RoutingHandler: Handler {
    let entries: [RouteEntry]
    let index: RouteIndex
    private let scopes: ScopeIndex
    /// What requests know of this router before a route has matched, and if none does.
    private let unrouted: RouteDescription
    private let unroutedCaptures: Captures
    /// Whether middleware is around this handler, which may ask for the route of a response.
    private let isWrapped: Bool
    /// Whether a route has another policy for the slash at the end of a path than 404.
    private let hasSlashPolicies: Bool

    init(_ entries: [RouteEntry], before unrouted: RouteDescription, isWrapped: Bool) {
        self.entries = entries
        self.unrouted = unrouted
        self.isWrapped = isWrapped
        unroutedCaptures = Captures(of: unrouted)
        index = RouteIndex(entries.map(\.prefix))
        scopes = ScopeIndex(entries.map(\.route))
        hasSlashPolicies = entries.contains { $0.trailingSlash != .strict }
    }

    func answer(_ request: Request) -> Answer {
        let path = request.matchingPath
        let candidates = index.candidates(for: path)
        for number in candidates {
            let entry = entries[number]
            guard entry.answers(request.method) else { continue }
            guard
                let match = entry.match(
                    request,
                    path: path,
                    query: request.target.queryText,
                    host: request.hostName
                )
            else { continue }
            return answer(request, of: entry, match)
        }
        if hasSlashPolicies, let answer = answerOtherSpelling(request) { return answer }
        return refuse(request, candidates)
    }

    /// The answer of the handler of a route that has matched.
    private func answer(_ request: Request, of entry: RouteEntry, _ match: RouteEntry.Match) -> Answer {
        var request = request
        if request.captures.isEmpty {
            // The captures of a match with groups have the route already.
            request.captures = match.captures.isEmpty ? entry.emptyCaptures : match.captures
        } else {
            var captures = match.captures.prepending(request.captures)
            if captures.route !== entry.description { captures.setRoute(entry.description) }
            request.captures = captures
        }
        let answer = match.answering(request)
        return isWrapped ? answer.answeringErrors(to: request, of: entry.description) : answer
    }

    // MARK: Slash at the end

    /// The answer for a path that a route would match with a slash more or one less at its end; nil if there is no such route.
    private func answerOtherSpelling(_ request: Request) -> Answer? {
        guard let target = request.target.withOtherEnd else { return nil }
        for number in index.candidates(for: target.matchingPath) {
            let entry = entries[number]
            guard entry.trailingSlash != .strict, entry.answers(request.method),
                let match = entry.match(
                    request,
                    path: target.matchingPath,
                    query: target.queryText,
                    host: request.hostName
                )
            else { continue }
            if entry.trailingSlash == .ignore {
                var request = request
                request.target = target
                return answer(request, of: entry, match)
            }
            guard let redirect = SlashRedirect(to: target, below: request.mountPrefix) else { continue }
            let handler = redirect.wrapped(in: entry.middleware)
            return answer(request, of: entry, RouteEntry.Match(captures: match.captures) { handler.answer($0) })
        }
        return nil
    }

    // MARK: Refusals

    /// A route that matches the path of a request, whatever the method of the request is.
    private typealias PathMatch = (entry: RouteEntry, captures: Captures)

    /// Answers a request that no route answers: with 404, with 405, or with the list of methods.
    private func refuse(_ request: Request, _ candidates: [Int]) -> Answer {
        let host = request.hostName
        if request.target.matchingPath.hasSameBytes(as: "*"), request.method == .options {
            // RFC 9110 §9.3.7: `OPTIONS *` asks about the server as a whole.
            return .ready(Self.listing(entries, for: request))
        }
        var routes = matches(request, candidates, request.target, host)
        if hasSlashPolicies, let other = request.target.withOtherEnd {
            let isSafe = SlashRedirect(to: other, below: request.mountPrefix) != nil
            let candidates = index.candidates(for: other.matchingPath).filter {
                entries[$0].trailingSlash == .ignore || entries[$0].trailingSlash == .redirect && isSafe
            }
            routes += matches(request, candidates, other, host)
        }
        guard let first = routes.first else {
            guard let scope = scopes.scope(of: request.target.matchingPath, host: host) else {
                return .failed(HTTPError(.notFound))
            }
            return answer(request, scope.captures, .failed(HTTPError(.notFound)), in: scope.middleware)
        }
        let listing = Answer.ready(Self.listing(routes.map(\.entry), for: request))
        // For a preflight request of CORS, the middleware of the route that will answer the actual request must decide.
        let wanted = request.method == .options ? request.headers[.accessControlRequestMethod] : nil
        let asked = wanted.flatMap { wanted in
            routes.first { $0.entry.methods?.contains { $0.rawValue.hasSameBytes(as: wanted) } ?? true }
        }
        guard let asked else { return answer(request, first.captures, listing, in: first.entry.scopeMiddleware) }
        return answer(request, asked.captures, listing, in: asked.entry.middleware, of: asked.entry.description)
    }

    private func matches(
        _ request: Request,
        _ candidates: [Int],
        _ target: RequestTarget,
        _ host: String?
    ) -> [PathMatch] {
        candidates.lazy.map { entries[$0] }.compactMap { entry in
            // If typed captures can't be converted, the route doesn't count for any method.
            entry.match(request, path: target.matchingPath, query: target.queryText, host: host).map {
                (entry: entry, captures: $0.captures)
            }
        }
    }

    /// Passes an answer of the router through the middleware of a scope, or of a route.
    private func answer(
        _ request: Request,
        _ captures: Captures,
        _ answer: Answer,
        in middleware: [any Middleware],
        of route: RouteDescription? = nil
    ) -> Answer {
        guard !middleware.isEmpty else { return answer }
        var request = request
        var captures = captures.prepending(request.captures)
        if captures.isEmpty, route == nil { captures = unroutedCaptures } else { captures.setRoute(route ?? unrouted) }
        request.captures = captures
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
