import NIOCore

/// The deadline of one connection: what the connection waits for, and until when.
///
/// A request sets and ends several deadlines. The timer of the loop is not changed each time: when the timer fires, it checks
/// whether the deadline has moved. Used on the loop only.
struct ConnectionDeadlines {
    /// What the connection waits for.
    enum Kind {
        case request, head, body, write, linger
        /// A response that isn't streamed, to a peer that has shut down its sending side and may be gone.
        case answer
        /// The next bytes of a streamed response to such a peer.
        case stream
    }

    private let timeouts: ConnectionTimeouts
    private let state = State()

    /// The handler of the timer itself, so that a timer needs no closure, promise or future.
    private final class State: NIOScheduledCallbackHandler {
        var kind: Kind?
        var deadline = NIODeadline.uptimeNanoseconds(0)
        var timer: NIOScheduledCallback?
        var timerDeadline = NIODeadline.distantFuture
        var missed: ((Kind) -> Void)?

        func handleScheduledCallback(eventLoop: some EventLoop) {
            timer = nil
            guard let kind else { return missed = nil }
            guard eventLoop.now >= deadline else { return schedule(on: eventLoop) }
            self.kind = nil
            let missed = missed
            self.missed = nil
            missed?(kind)
        }

        func schedule(on eventLoop: any EventLoop) {
            timerDeadline = deadline
            // A loop that has stopped runs no timers, and has closed its channels.
            timer = try? eventLoop.assumeIsolated().scheduleCallback(at: deadline, handler: self)
        }

        func cancel() {
            timer?.cancel()
            timer = nil
            missed = nil
        }
    }

    init(_ timeouts: ConnectionTimeouts) {
        self.timeouts = timeouts
    }

    /// What the connection waits for now; nil if there is no deadline.
    var current: Kind? { state.kind }

    /// Sets the deadline, replacing the one before; `missed` is called on the loop if the deadline passes.
    ///
    /// `missed` is used only if a new timer has to be scheduled: most requests use the timer that is already scheduled.
    func begin(_ kind: Kind, on eventLoop: any EventLoop, missed: @autoclosure () -> (Kind) -> Void) {
        state.kind = kind
        state.deadline = eventLoop.now + timeouts[kind]
        guard state.timer == nil || state.timerDeadline > state.deadline else { return }
        state.cancel()
        state.missed = missed()
        state.schedule(on: eventLoop)
    }

    /// Ends the deadline if it is of this kind.
    func end(_ kind: Kind) {
        if state.kind == kind { state.kind = nil }
    }

    /// Ends the deadline; the timer stays scheduled and serves the next deadline.
    func endAll() { state.kind = nil }

    /// Ends the deadline and cancels the timer.
    func cancel() {
        state.kind = nil
        state.cancel()
    }
}
