import Dispatch
import NIOCore

/// An event loop that runs no tasks: a request needs a loop, and a benchmark of routing must not depend on one.
final class StillLoop: EventLoop {
    var inEventLoop: Bool { true }

    func execute(_ task: @escaping @Sendable () -> Void) {}

    func scheduleTask<Value>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        let promise = makePromise(of: Value.self)
        promise.fail(EventLoopError.shutdown)
        return Scheduled(promise: promise) {}
    }

    func scheduleTask<Value>(in time: TimeAmount, _ task: @escaping @Sendable () throws -> Value) -> Scheduled<Value> {
        scheduleTask(deadline: .distantFuture, task)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(nil) }
    }
}
