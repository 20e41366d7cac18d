import Gust

/// Lets pages of any origin in, as the contract wants it.
///
/// An application uses the stock CORS middleware instead.
struct AllowAnyOrigin: Middleware {
    func respond(to request: Request, next: any Handler) async throws -> Response {
        if let answer = preflight(request) { return answer }
        return allowing(try await next.respond(to: request))
    }

    func respondInPlace(to request: Request, next: any Handler) throws -> Response? {
        if let answer = preflight(request) { return answer }
        return try next.respondInPlace(to: request).map(allowing)
    }

    private func allowing(_ response: Response) -> Response {
        var response = response
        // An endpoint knows better what its old clients need.
        if response.headers[.accessControlAllowOrigin] == nil { response.headers[.accessControlAllowOrigin] = "*" }
        return response
    }

    private func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil else { return nil }
        var headers: HTTPFields = [
            .accessControlAllowOrigin: "*",
            .accessControlAllowMethods: "GET,HEAD,PUT,PATCH,POST,DELETE",
        ]
        headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        return Response(status: .noContent, headers: headers)
    }
}
