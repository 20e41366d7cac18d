import GustHTTP
import Logging
import Synchronization

/// Logs problems with other nodes: each kind at once, then at most once a minute, with the number of times since the last line.
final class ReportedProblems: Sendable {
    private struct Entry {
        var count = 0
        var next: ContinuousClock.Instant?
    }

    private let entries = Mutex<[ByteText: Entry]>([:])
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Reports a problem; `kind` is one of our own sentences, so that there are few.
    func report(_ kind: String, _ detail: @autoclosure () -> String = "") {
        let now = ContinuousClock.now
        let count = entries.withLock { entries -> Int? in
            var entry = entries[ByteText(kind), default: Entry()]
            defer { entries[ByteText(kind)] = entry }
            entry.count += 1
            if let next = entry.next, now < next { return nil }
            let count = entry.count
            entry = Entry(next: now + .seconds(60))
            return count
        }
        guard let count else { return }
        logger.warning("\(kind)", metadata: ["count": "\(count)", "detail": "\(detail())"])
    }
}
