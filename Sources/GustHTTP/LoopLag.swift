package import NIOCore

/// Measures how late an event loop runs its tasks, while somebody asks.
///
/// A question schedules a task on the loop in ``LagProbe/interval``; the lag is the delay of that task. A loop about which nobody
/// asks runs no such task.
///
/// `@unchecked Sendable`: the state is used on the loop only.
package final class LoopLag: @unchecked Sendable {
    private let eventLoop: any EventLoop
    private var probe = LagProbe()

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// The delay of the last task, or of the next task if that is overdue; must be called on the loop.
    ///
    /// Zero if there was no question in the last second, because the present lag is unknown then.
    package func current() -> TimeAmount {
        eventLoop.assertInEventLoop()
        let (lag, begins) = probe.ask(at: eventLoop.now)
        if begins {
            eventLoop.scheduleTask(in: LagProbe.interval) { self.probe.end(at: self.eventLoop.now) }
        }
        return lag
    }
}
