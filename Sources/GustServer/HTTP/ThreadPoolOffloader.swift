import GustHTTP
import NIOPosix
import Synchronization

/// Runs blocking work of handlers on a pool of threads, and bounds how much work waits for a thread.
final class ThreadPoolOffloader: Offloader {
    /// The most work that waits or runs at a time.
    static let maximum = 10_000

    private let pool: NIOThreadPool
    private let count = Atomic(0)

    init(_ pool: NIOThreadPool) {
        self.pool = pool
    }

    func run(_ work: @escaping @Sendable (_ hasRoom: Bool) -> Void) {
        guard count.add(1, ordering: .relaxed).newValue <= Self.maximum else {
            count.subtract(1, ordering: .relaxed)
            return work(false)
        }
        pool.submit { state in
            work(state == .active)
            self.count.subtract(1, ordering: .relaxed)
        }
    }
}
