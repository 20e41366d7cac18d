import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Calls handlers without a server.
final class Exchange {
    private let executor = LoopExecutor(EmbeddedEventLoop())

    func request(
        _ target: String,
        _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get,
        body: String = ""
    ) throws -> Request {
        Request(
            method: method,
            target: try #require(RequestTarget(target)),
            headers: headers,
            body: RequestBody(ByteBuffer(string: body)),
            executor: executor
        )
    }

    /// The response of a handler; an `HTTPError` becomes a response as in the server.
    func answer(_ request: Request, from handler: any Handler) async throws -> Response {
        do {
            return try await handler.answer(request).response()
        } catch let error as HTTPError {
            return error.response
        }
    }
}
