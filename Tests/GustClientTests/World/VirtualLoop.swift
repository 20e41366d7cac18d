import Dispatch
import NIOCore
import NIOEmbedded

/// An event loop whose clock the test advances, on the thread of the test; other threads may give it something to do.
///
/// `@unchecked Sendable`: everything but `inEventLoop` and `execute` is used on the thread of the test only.
final class VirtualLoop: EventLoop, @unchecked Sendable {
    let embedded = EmbeddedEventLoop()
    private let thread: TestThread
    /// The number of timers that neither were due nor were cancelled.
    private(set) var timers = 0

    init(_ thread: TestThread) { self.thread = thread }

    var inEventLoop: Bool { thread.isCurrent }

    var now: NIODeadline { embedded.now }

    func execute(_ task: @escaping @Sendable () -> Void) {
        if inEventLoop { embedded.execute(task) } else { thread.run(task) }
    }

    func scheduleTask<Value>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        preconditionInEventLoop()
        timers += 1
        let scheduled = embedded.scheduleTask(deadline: deadline, task)
        scheduled.futureResult.whenComplete { _ in self.timers -= 1 }
        return scheduled
    }

    func scheduleTask<Value>(in time: TimeAmount, _ task: @escaping @Sendable () throws -> Value) -> Scheduled<Value> {
        scheduleTask(deadline: now + time, task)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(nil) }
    }
}
