import GustHTTP
import GustSessions
import Synchronization

/// A clock that only tests advance.
final class TestClock: Sendable {
    private let seconds = Mutex(1_300_000_000)

    var now: HTTPDate { HTTPDate(seconds: seconds.withLock { $0 }) }

    func advance(by time: Int) { seconds.withLock { $0 += time } }

    /// A lifetime that this clock measures.
    func lifetime(idle: Int, remembered: Int = 5_184_000, absolute: Int? = nil) -> SessionLifetime {
        SessionLifetime(
            idle: .seconds(idle),
            remembered: .seconds(remembered),
            absolute: absolute.map { .seconds($0) },
            now: { self.now }
        )
    }
}
