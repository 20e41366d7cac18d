import GustHTTP
import GustRouting
import HTTPTypes
import NIOCore
import NIOEmbedded

/// Sends a request to a router, and returns status and text of the response; the text is "awaits" for a pending answer.
func ask(
    _ routes: Routes,
    _ method: HTTPRequest.Method = .get,
    _ path: String,
    host: String? = nil
) throws -> (status: Int, text: String, headers: HTTPFields) {
    try ask(try routes.build(), method, path, host: host)
}

func ask(
    _ router: Router,
    _ method: HTTPRequest.Method = .get,
    _ path: String,
    _ headers: HTTPFields = [:],
    host: String? = nil
) throws -> (status: Int, text: String, headers: HTTPFields) {
    guard let target = RequestTarget(path) else { return (400, "", [:]) }
    var headers = headers
    if let host, let name = HTTPField.Name("Host") { headers[name] = host }
    let request = Request(
        method: method,
        target: target,
        headers: headers,
        executor: LoopExecutor(EmbeddedEventLoop())
    )
    do {
        guard let response = try router.answer(request).immediateResponse else { return (0, "awaits", [:]) }
        guard case .bytes(let body) = response.body else { return (response.status.code, "", response.headers) }
        return (response.status.code, String(buffer: body), response.headers)
    } catch let error as HTTPError {
        return (error.status.code, error.message, error.headers)
    }
}
