import NIOCore

/// The one thing a connection waits for, and until when.
///
/// A request arms and ends several of them; the loop's timer is left alone meanwhile and only looks, when it fires,
/// whether the deadline has moved. Belongs to the loop.
struct ConnectionDeadlines {
    /// What is waited for.
    enum Kind {
        case request, head, body, write, linger
        /// The answer to a peer that has shut down its side for writing, and may be gone.
        case answer
        /// The next bytes of a streamed answer to such a peer.
        case stream
    }

    private let limits: HTTPLimits
    private let state = State()

    private final class State {
        var kind: Kind?
        var deadline = NIODeadline.uptimeNanoseconds(0)
        var timer: Scheduled<Void>?
        var timerDeadline = NIODeadline.distantFuture
    }

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// What is waited for now.
    var current: Kind? { state.kind }

    /// Begins to wait, anew if it is the same; `missed` is called on the loop when the time is over.
    ///
    /// It is only made if a timer is: most requests do with the one that runs.
    func begin(_ kind: Kind, on eventLoop: any EventLoop, missed: @autoclosure () -> (Kind) -> Void) {
        state.kind = kind
        state.deadline = eventLoop.now + timeout(kind)
        guard state.timer == nil || state.timerDeadline > state.deadline else { return }
        state.timer?.cancel()
        schedule(on: eventLoop, missed())
    }

    /// Waits no longer, if it is this that is waited for.
    func end(_ kind: Kind) {
        if state.kind == kind { state.kind = nil }
    }

    /// Waits for nothing until the next beginning; the timer runs on for it.
    func endAll() { state.kind = nil }

    /// Waits for nothing any more.
    func cancel() {
        state.kind = nil
        state.timer?.cancel()
        state.timer = nil
    }

    private func timeout(_ kind: Kind) -> TimeAmount {
        switch kind {
        case .request, .answer: TimeAmount(limits.idleTimeout)
        case .stream: TimeAmount(limits.halfCloseTimeout)
        case .head: TimeAmount(limits.headTimeout)
        case .body: TimeAmount(limits.bodyTimeout)
        case .write: TimeAmount(limits.writeTimeout)
        // Long enough for the peer to read the answer and stop sending.
        case .linger: .seconds(2)
        }
    }

    private func schedule(on eventLoop: any EventLoop, _ missed: @escaping (Kind) -> Void) {
        let bound = NIOLoopBound((self, eventLoop, missed), eventLoop: eventLoop)
        state.timerDeadline = state.deadline
        state.timer = eventLoop.scheduleTask(deadline: state.deadline) {
            let (deadlines, eventLoop, missed) = bound.value
            deadlines.fire(on: eventLoop, missed)
        }
    }

    private func fire(on eventLoop: any EventLoop, _ missed: @escaping (Kind) -> Void) {
        state.timer = nil
        guard let kind = state.kind else { return }
        guard eventLoop.now >= state.deadline else { return schedule(on: eventLoop, missed) }
        state.kind = nil
        missed(kind)
    }
}
