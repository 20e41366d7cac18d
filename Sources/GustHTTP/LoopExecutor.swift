package import NIOCore
import Synchronization

/// Runs tasks on one event loop, so that asynchronous code of a connection stays on the thread of the connection.
///
/// A server makes one executor for each of its loops. A `Task` with this executor as its `executorPreference` stays on the
/// loop, even in `@concurrent` functions and in actors, except in actors with an executor of their own.
@usableFromInline
package final class LoopExecutor: TaskExecutor {
    /// The loop on which every job runs.
    package let eventLoop: any EventLoop
    /// Runs the blocking work of `Request.offload`.
    package let offloader: any Offloader
    /// How late the loop is.
    package let lag: LoopLag
    private let endings = Mutex<[@Sendable () -> Void]>([])

    /// Makes an executor for `eventLoop`; `Request.offload` uses the global dispatch queue.
    package convenience init(_ eventLoop: any EventLoop) {
        self.init(eventLoop, offloader: DispatchOffloader())
    }

    /// Makes an executor for `eventLoop`; `Request.offload` uses `offloader`.
    package init(_ eventLoop: any EventLoop, offloader: any Offloader) {
        self.eventLoop = eventLoop
        self.offloader = offloader
        lag = LoopLag(eventLoop)
    }

    /// Enqueues a job on the loop; called by the Swift runtime.
    @usableFromInline package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        eventLoop.execute { job.runSynchronously(on: executor) }
    }

    /// Runs work that blocks on another thread; on this thread if too much work waits.
    package func runBlocking(_ work: @escaping @Sendable () -> Void) { offloader.run { _ in work() } }

    /// Calls `body` on the loop when the loop is about to stop.
    ///
    /// At that time nothing is received any more and no deadline will pass, but all loops still run.
    package func whenStopping(_ body: @escaping @Sendable () -> Void) {
        endings.withLock { $0.append(body) }
    }

    /// Calls the closures of ``whenStopping(_:)``; the owner of the loop calls this method on the loop before it stops.
    package func stop() {
        let bodies = endings.withLock { endings in
            defer { endings = [] }
            return endings
        }
        for body in bodies { body() }
    }

    /// The reference that the Swift runtime uses.
    @usableFromInline package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }
}
