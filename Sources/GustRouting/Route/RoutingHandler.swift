import GustHTTP
import HTTPTypes

/// The routing itself, inside of the middleware.
struct RoutingHandler: Handler {
    let entries: [RouteEntry]
    let index: RouteIndex

    /// What was found for a request.
    private enum Found {
        case handler(any Handler, Captures)
        case answer(Response)
        case nothing
    }

    func respond(to request: Request) async throws -> Response {
        switch find(request) {
        case .handler(let handler, let captures):
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
            guard entry.answers(request.method), entry.acceptsHost(of: request) else { continue }
            guard let captures = entry.pattern.match(path), let handler = entry.route.resolve(captures) else {
                continue
            }
            return .handler(handler, captures)
        }
        return methodMismatch(request, path, candidates)
    }

    /// Whether other methods would have found a route: 405 or the answer to `OPTIONS`.
    private func methodMismatch(_ request: Request, _ path: String, _ candidates: [Int]) -> Found {
        var allowed: Set<String> = []
        for number in candidates {
            let entry = entries[number]
            guard let methods = entry.methods, entry.acceptsHost(of: request), entry.pattern.matches(path) else {
                continue
            }
            // A typed capture that doesn't convert is no route for any method.
            guard let captures = entry.pattern.match(path), entry.route.resolve(captures) != nil else { continue }
            allowed.formUnion(methods.map(\.rawValue))
        }
        guard !allowed.isEmpty, !allowed.contains(request.method.rawValue) else { return .nothing }
        allowed.insert("OPTIONS")
        let isOptions = request.method == .options
        return .answer(
            Response(
                status: isOptions ? .noContent : .methodNotAllowed,
                headers: [.allow: allowed.sorted().joined(separator: ", ")]
            )
        )
    }
}
