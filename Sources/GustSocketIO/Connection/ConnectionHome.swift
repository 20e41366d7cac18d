import NIOCore
import Synchronization

/// The loop that a connection lives on, and what goes with it when the connection moves to another: the order of what others
/// send, the executor of its async handlers, and whether it reads.
///
/// A connection moves when its client upgrades on a WebSocket of another loop. Work from elsewhere is posted to the loop's
/// ``LoopInbox`` under the lock that a move takes, so that work that was posted before the move stays in front of work that
/// was posted behind it: the old loop sends it on, and only behind all of that is the move over.
///
/// `@unchecked Sendable`: `isArriving` and `reading` are used on the connection's loop only; the move publishes
/// them by the reference to the new loop.
final class ConnectionHome: TaskExecutor, @unchecked Sendable {
    private let reference: Atomic<Unmanaged<LoopShard>>
    /// Whoever posts, and whoever moves, does so one after the other.
    private let order = Mutex(())
    /// Whether the connection has left its old loop and hasn't come to this one: what is posted has to wait behind it.
    @exclusivity(unchecked) private var isArriving = false
    /// What keeps the connection from reading.
    @exclusivity(unchecked) var reading = ReadingPause()

    init(_ shard: LoopShard) {
        // Unretained: the server keeps its shards for life, and the connection keeps the server.
        reference = Atomic(Unmanaged.passUnretained(shard))
    }

    /// The shard of the loop that the connection belongs to now.
    ///
    /// The connection may move meanwhile: run on that loop, then compare.
    var shard: LoopShard { unretainedShard.takeUnretainedValue() }

    /// The same, for each message: without a reference that is counted.
    var unretainedShard: Unmanaged<LoopShard> { reference.load(ordering: .acquiring) }

    /// Whether the caller is where it may touch the connection.
    var isCurrent: Bool { unretainedShard._withUnsafeGuaranteedRef { $0.eventLoop.inEventLoop } && !isArriving }

    /// Adds work to the inbox of the connection's loop; false if it was refused.
    @discardableResult
    func post(weight: Int = 0, isRefusable: Bool = false, _ work: @escaping @Sendable () -> Void) -> Bool {
        order.withLock { _ in shard.inbox.append(weight: weight, isRefusable: isRefusable, work) }
    }

    /// Moves to another loop, where `arrive` is called in front of everything that is posted from now on.
    ///
    /// On the old loop, which has let go of everything before.
    func move(to destination: LoopShard, _ arrive: @escaping @Sendable () -> Void) {
        isArriving = true
        order.withLock { _ in
            // In front of the post: the new loop may call `arrive` before this thread gets any further.
            reference.store(Unmanaged.passUnretained(destination), ordering: .releasing)
            destination.inbox.append {
                self.isArriving = false
                arrive()
            }
        }
    }

    // MARK: Async handlers

    /// Enqueues a job of an async handler on the loop that the connection lives on by then; the Swift runtime calls it.
    func enqueue(_ job: consuming ExecutorJob) {
        run(UnownedJob(job), on: shard)
    }

    private func run(_ job: UnownedJob, on shard: LoopShard) {
        shard.eventLoop.execute {
            let current = self.shard
            guard current === shard else { return self.run(job, on: current) }
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }

    /// The reference the Swift runtime keeps.
    func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}
