import GustHTTP
import Synchronization

/// Counts one request as being answered for its session, until the response is complete or is no longer awaited.
final class SessionAnswer: Sendable {
    private let session: Session
    private let hasEnded = Atomic(false)

    init(_ session: Session) {
        self.session = session
        session.beginAnswer()
    }

    deinit { end() }

    /// Ends the count for this request; only the first call has an effect.
    func end() {
        if !hasEnded.exchange(true, ordering: .relaxed) { session.endAnswer() }
    }
}
