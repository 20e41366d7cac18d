import GustHTTP
import Testing

@testable import GustSocketIO

/// The endpoint without a route.
struct EndpointHarness: Handler {
    let endpoint: Endpoint

    init(_ io: SocketIO) {
        endpoint = Endpoint(io: io, clientFiles: .none)
        if LiveObjects.witness == nil { Issue.record("a suite that opens connections needs the trait .leavesNothing") }
    }

    func answer(_ request: Request) -> Answer { endpoint.answer(routed(request)) }

    private func routed(_ request: Request) -> Request {
        var request = request
        let tail = request.path.dropFirst("/socket.io".count)
        request.captures = Captures([(name: EndpointPattern.tailName, value: String(tail))])
        return request
    }
}
