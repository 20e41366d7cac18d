public import GustHTTP
import HTTPTypes
import NIOCore

/// Answers at most a number of requests at the same time, and others with 503 and `Retry-After`.
///
/// ```swift
/// app.group("/reports", through: ConcurrencyLimit(4, waiting: 20, atMost: .seconds(2))) { … }
/// ```
///
/// The limit is that of the process, over all event loops and all routes with the same limit. A request is in progress until its response
/// is ready; a streamed response until its last bytes have been handed to the operating system, so a client that reads slowly keeps its
/// place. An upgrade leaves its place when the handler has answered: a WebSocket may stay open for days, and
/// `HTTPLimits.maximumConnections` and `SocketIOSettings` bound those. Polls of Socket.IO are streamed responses that last as long as
/// the client waits: use the limit for groups without an endpoint, or ``Except``.
///
/// Only requests whose handlers await something, and streams, are in progress while others arrive. For load that blocks the loops, see
/// ``LoadShedding``.
public struct ConcurrencyLimit: Middleware {
    private let slots: ConcurrencySlots
    private let isWaitingAllowed: Bool
    private let time: Duration
    private let retryAfter: Int

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - count: How many requests are answered at the same time, at least 1.
    ///   - waiting: How many further requests may wait for their turn, in the order of their arrival; none by default.
    ///   - time: How long a request may wait; then it is answered with 503.
    ///   - retryAfter: How many seconds a refused client is asked to wait.
    public init(_ count: Int, waiting: Int = 0, atMost time: Duration = .seconds(1), retryAfter: Int = 1) {
        slots = ConcurrencySlots(count, maximumWaiting: max(0, waiting))
        isWaitingAllowed = waiting > 0
        self.time = time
        self.retryAfter = retryAfter
    }

    /// Answers with the answer of `next`, or with 503.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        if slots.enter() { return holding(next.answer(request)) }
        guard isWaitingAllowed else { return .failed(refusal) }
        return .pending {
            guard await slots.wait(atMost: time, on: request.eventLoop) else { throw refusal }
            return try await holding(next.answer(request)).response()
        }
    }

    /// The answer, after which the place is left.
    private func holding(_ answer: consuming Answer) -> Answer {
        switch consume answer {
        case .ready(var response):
            if case .stream = response.body {
                Self.watch(&response, ConcurrencySlots.Slot(slots))
            } else {
                slots.leave()
            }
            return .ready(response)
        case .failed(let error):
            slots.leave()
            return .failed(error)
        case .pending(let pending):
            return Answer.pending(pending).edited(with: ConcurrencySlots.Slot(slots)) { response, slot in
                Self.watch(&response, slot)
            }
        }
    }

    /// Leaves the place now, or when a streamed response ends.
    private static func watch(_ response: inout Response, _ slot: ConcurrencySlots.Slot) {
        guard case .stream(let body) = response.body else { return slot.leave() }
        response.body = .stream { writer in
            body(CountingWriter(writer, awaitsWriting: true) { _ in slot.leave() })
        }
    }

    private var refusal: HTTPError {
        HTTPError(
            .serviceUnavailable,
            "too many requests are in progress",
            headers: [.retryAfter: "\(retryAfter)"]
        )
    }
}
