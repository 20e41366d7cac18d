import NIOCore

/// The events that one client may still send.
///
/// `@unchecked Sendable`: used on the connection's loop only, by the decoder.
final class EventBucket: @unchecked Sendable {
    private let rate: EventRate
    private weak var connection: Connection?
    private var tokens: Double
    private var filled: NIODeadline?

    init(_ rate: EventRate, of connection: Connection) {
        self.rate = rate
        self.connection = connection
        tokens = Double(rate.burst)
    }

    /// Takes one; false if there is none, and then the connection may be over.
    func take() -> Bool {
        guard let connection else { return false }
        let now = connection.shard.eventLoop.now
        if let filled {
            tokens = min(Double(rate.burst), tokens + Double((now - filled).nanoseconds) / 1e9 * rate.perSecond)
        }
        filled = now
        if tokens >= 1 {
            tokens -= 1
            return true
        }
        if rate.policy == .disconnect { connection.transportEnded(.rateExceeded) }
        return false
    }
}
