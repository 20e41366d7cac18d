public import NIOCore
import Synchronization

/// Runs tasks on one event loop, so that async code of a connection stays on the connection's thread.
///
/// A server makes one for each of its loops. A `Task` started with it as `executorPreference` stays on the loop, also in `@concurrent`
/// functions and in actors, but for actors with an executor of their own.
public final class LoopExecutor: TaskExecutor {
    /// The loop on which every job runs.
    public let eventLoop: any EventLoop
    /// Where `Request.offload` runs blocking work.
    let offloader: any Offloader
    private let endings = Mutex<[@Sendable () -> Void]>([])

    /// Makes an executor for `eventLoop`.
    public convenience init(_ eventLoop: any EventLoop) {
        self.init(eventLoop, offloader: DispatchOffloader())
    }

    /// Makes an executor for `eventLoop`, beside which `offloader` runs blocking work.
    package init(_ eventLoop: any EventLoop, offloader: any Offloader) {
        self.eventLoop = eventLoop
        self.offloader = offloader
    }

    /// Enqueues a job on the loop; the Swift runtime calls it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        eventLoop.execute { job.runSynchronously(on: executor) }
    }

    /// Calls `body` on the loop when it is about to stop: nothing comes from outside any more, no deadline will pass, and all
    /// loops still run.
    package func whenStopping(_ body: @escaping @Sendable () -> Void) {
        endings.withLock { $0.append(body) }
    }

    /// The loop is about to stop; called on it by whoever made it.
    package func stop() {
        let bodies = endings.withLock { endings in
            defer { endings = [] }
            return endings
        }
        for body in bodies { body() }
    }

    /// The reference the Swift runtime keeps.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }
}
