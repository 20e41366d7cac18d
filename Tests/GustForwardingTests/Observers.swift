import Gust
import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// Keeps the last request that an endpoint has answered.
final class SeenRequests: Sendable {
    private let state = Mutex<Request?>(nil)

    var last: Request? { state.withLock { $0 } }

    func note(_ request: Request) { state.withLock { $0 = request } }
}

/// Makes the client of each request one behind a trusted proxy.
struct ForeignClient: Middleware {
    func answer(_ request: Request, next: any Handler) -> Answer {
        var request = request
        request.peer = Peer(address: AddressRange.address("203.0.113.9", port: 4_711), isSecure: true)
        return next.answer(request)
    }
}

/// Counts requests, and adds a field to each response.
final class CountingMiddleware: Middleware {
    static let field = HTTPField.Name("X-Counted") ?? .via
    private let counter = Atomic<Int>(0)

    var count: Int { counter.load(ordering: .relaxed) }

    func answer(_ request: Request, next: any Handler) -> Answer {
        counter.wrappingAdd(1, ordering: .relaxed)
        return next.answer(request).map { response in
            var response = response
            response.headers.append(HTTPField(name: Self.field, value: "counted"))
            return response
        }
    }
}
