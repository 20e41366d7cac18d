public import GustHTTP
import HTTPTypes
import NIOCore

/// Answers errors with problem documents (RFC 9457), unless the client prefers HTML.
///
/// ```swift
/// app.group("/api", through: ProblemDocuments()) { api in … }
/// ```
/// An `HTTPError` becomes a ``Problem`` with its status, its message as `detail`, and its header fields. An unexpected error becomes a
/// problem with status 500 and without its text; it is logged as before. So does a response with a status of at least 400 and no body,
/// such as a 405 of the routes. Other errors that choose their response keep it. `Vary` gets `Accept`.
public struct ProblemDocuments: Middleware {
    /// Makes the middleware.
    public init() {}

    /// Answers with the answer of `next`, or with the document for its error.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        next.answer(request).edited(with: request) { response, request in try Self.cover(&response, request) }
    }

    private static func cover(_ response: inout Response, _ request: Request) throws {
        guard let problem = problem(of: response) else { return }
        response.headers.addVary("Accept")
        let types = ["application/problem+json", "application/json", "text/html"]
        if request.preferredType(among: types)?.hasSameBytes(as: "text/html") == true { return }
        let document = try problem.response(for: request)
        response.body = document.body
        response.headers[.contentType] = document.headers[.contentType]
        response.headers[.contentLength] = nil
    }

    private static func problem(of response: Response) -> Problem? {
        if let error = response.error as? HTTPError {
            let isDetailed = !error.message.hasSameBytes(as: error.status.reasonPhrase)
            return Problem(error.status, detail: isDetailed ? error.message : nil)
        }
        if let error = response.error { return error is any ResponseConvertible ? nil : Problem(.internalServerError) }
        guard response.status.code >= 400, case .bytes(let bytes) = response.body, bytes.readableBytes == 0 else {
            return nil
        }
        return Problem(response.status)
    }
}
