public import GustHTTP
import HTTPTypes
import NIOCore

/// Answers requests with 503 and `Retry-After` while the event loop is late, so that the others are answered in time.
///
/// ```swift
/// app.use(Except("/health", use: LoadShedding(above: .milliseconds(250))))
/// ```
///
/// A loop is late while handlers block it, or while it has more work than one core can do. The lag is the delay of a task that is
/// scheduled 10 ms ahead while requests arrive; each loop decides for itself, and admits requests again when it is in
/// time, or after a second without requests. A refusal is much cheaper than most responses.
///
/// Add it in front of expensive middleware. A load balancer that gets 503 from a health check takes the process out of service, so its path
/// should be excepted. Socket.IO has a limit of its own for handshakes (`SocketIOSettings.load`); a poll
/// that is refused here ends its connection, so use ``Except`` for the path of an endpoint too.
public struct LoadShedding: Middleware {
    private let maximum: TimeAmount
    private let retryAfter: ClosedRange<Int>
    private let lag: @Sendable (Request) -> TimeAmount

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - lag: How late the loop may be.
    ///   - retryAfter: How many seconds a refused client is asked to wait; at random, so that clients that are refused together don't
    ///     return together.
    public init(above lag: Duration = .milliseconds(500), retryAfter: ClosedRange<Int> = 1...5) {
        self.init(above: lag, retryAfter: retryAfter) { $0.executor.lag.current() }
    }

    /// Makes the middleware with another measurement.
    init(
        above lag: Duration,
        retryAfter: ClosedRange<Int>,
        measuredBy measure: @escaping @Sendable (Request) -> TimeAmount
    ) {
        maximum = TimeAmount(lag)
        self.retryAfter = retryAfter
        self.lag = measure
    }

    /// Answers with the answer of `next`, or with 503.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard lag(request) > maximum else { return next.answer(request) }
        let seconds = Int.random(in: retryAfter)
        return .failed(
            HTTPError(.serviceUnavailable, "the server is overloaded", headers: [.retryAfter: "\(seconds)"])
        )
    }
}
