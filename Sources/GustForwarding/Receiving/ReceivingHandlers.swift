import GustHTTP
import GustSocketIO
import HTTPTypes
import Synchronization

/// The endpoints of this process that receive requests of other nodes, while their server runs.
final class ReceivingHandlers: Sendable {
    let seen = SeenLinks()
    private let handlers = Mutex<[any ForwardedHandler]>([])
    private let received = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let links = Atomic<Int>(0)

    /// How many requests of other nodes were received.
    var receivedCount: Int { received.load(ordering: .relaxed) }
    /// How many requests on the listener for other nodes were refused.
    var refusedCount: Int { refused.load(ordering: .relaxed) }

    /// How many connections the listener for other nodes has accepted.
    var linkCount: Int { links.load(ordering: .relaxed) }

    func set(_ handlers: [any ForwardedHandler]) { self.handlers.withLock { $0 = handlers } }

    func count() { received.wrappingAdd(1, ordering: .relaxed) }

    func countLink() { links.wrappingAdd(1, ordering: .relaxed) }

    func countRefused() { refused.wrappingAdd(1, ordering: .relaxed) }

    /// The answer of the endpoint that has the connection of the request; that of the first one if none has it.
    func answer(_ request: Request, tail: String) -> Answer {
        let handlers = handlers.withLock { $0 }
        guard let first = handlers.first else { return .ready(Response(status: .serviceUnavailable)) }
        for handler in handlers.dropFirst() {
            if let answer = handler.answerIfConnected(forwarded: request, tail: tail) { return answer }
        }
        return first.answer(forwarded: request, tail: tail)
    }
}
