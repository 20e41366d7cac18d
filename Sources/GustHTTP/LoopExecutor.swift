public import NIOCore

/// Runs tasks on one event loop, so that async code of a connection stays on the connection's thread.
///
/// A server makes one for each of its loops. A `Task` started with it as `executorPreference` returns to the loop after
/// every suspension, unless the awaited code belongs to an actor with an executor of its own.
public final class LoopExecutor: TaskExecutor {
    /// The loop on which every job runs.
    public let eventLoop: any EventLoop

    /// Makes an executor for `eventLoop`.
    public init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Enqueues a job on the loop; the Swift runtime calls it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        eventLoop.execute { job.runSynchronously(on: executor) }
    }

    /// The reference the Swift runtime keeps.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }
}
