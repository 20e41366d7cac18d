import GustWire
import Logging
import NIOCore
import Synchronization

/// Logs requests with unknown sids: at once, then at most one line per minute, with the number of requests since the last line.
final class UnknownSessions: Sendable {
    private struct State {
        var count = 0
        var next: NIODeadline?
    }

    private static let interval = TimeAmount.minutes(1)
    private let state = Mutex(State())

    /// Counts one request; the line that may be due is a notice, because a client can cause it.
    func note(on eventLoop: any EventLoop, _ logger: Logger, isForwarding: Bool = false) {
        let now = eventLoop.now
        let count = state.withLock { state -> Int? in
            state.count += 1
            if let next = state.next, now < next { return nil }
            defer { state = State(next: now + Self.interval) }
            return state.count
        }
        guard let count else { return }
        logger.notice(
            "refused requests whose sid is unknown: \(isForwarding ? Refusal.causesOfUnknownForwardedSession : Refusal.causesOfUnknownSession)",
            metadata: ["count": "\(count)"]
        )
    }
}
