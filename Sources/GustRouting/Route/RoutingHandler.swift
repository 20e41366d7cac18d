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

    /// What was found for a request.
    private enum Found {
        case handler(any Handler, Captures)
        case answer(Response)
        case nothing
    }

    func respond(to request: Request) async throws -> Response {
        switch find(request) {
        case .handler(let handler, let captures):
            if captures.isEmpty { return try await handler.respond(to: request) }
            var request = request
            request.captures = captures.prepending(request.captures)
            return try await handler.respond(to: request)
        case .answer(let response): return response
        case .nothing: throw HTTPError(.notFound)
        }
    }

    func respondInPlace(to request: Request) throws -> Response? {
        switch find(request) {
        case .handler(let handler, let captures):
            if captures.isEmpty { return try handler.respondInPlace(to: request) }
            var request = request
            request.captures = captures.prepending(request.captures)
            return try handler.respondInPlace(to: request)
        case .answer(let response): return response
        case .nothing: throw HTTPError(.notFound)
        }
    }

    private func find(_ request: Request) -> Found {
        let path = request.target.matchingPath
        let candidates = index.candidates(for: path)
        for number in candidates {
            let entry = entries[number]
            guard entry.answers(request.method) else { continue }
            guard let match = entry.match(path: path, host: request.hostName) else { continue }
            return .handler(match.handler, match.captures)
        }
        let allowed = allowedMethods(request, path, candidates)
        guard !allowed.isEmpty else { return .nothing }
        return .answer(
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
