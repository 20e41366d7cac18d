import NIOCore
import NIOPosix
import Synchronization

/// Runs the tasks of one test on one thread, one after the other.
final class TestThread: TaskExecutor {
    // Not those of the singleton, which clients over TCP use: some tests occupy their thread for seconds.
    private static let threads = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    private let loop: any EventLoop
    private let waiting = Atomic<Int>(0)

    init() { loop = Self.threads.next() }

    /// Whether the caller runs on the thread.
    var isCurrent: Bool { loop.inEventLoop }

    /// Whether nothing waits for the thread.
    var isIdle: Bool { waiting.load(ordering: .acquiring) == 0 }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs `body` on the thread, behind everything that waits for it.
    func run(_ body: @escaping @Sendable () -> Void) {
        waiting.add(1, ordering: .acquiringAndReleasing)
        loop.execute {
            self.waiting.subtract(1, ordering: .acquiringAndReleasing)
            body()
        }
    }
}
