import GustHTTP
import Synchronization

/// One request of a session that is being answered: until its end, or until nobody waits for the answer any more.
final class SessionAnswer: Sendable {
    private let session: Session
    private let hasEnded = Atomic(false)

    init(_ session: Session) {
        self.session = session
        session.beginAnswer()
    }

    deinit { end() }

    /// Ends it; only the first call has an effect.
    func end() {
        if !hasEnded.exchange(true, ordering: .relaxed) { session.endAnswer() }
    }
}
