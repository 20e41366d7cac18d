import NIOCore

/// Sends a comment to a client whenever nothing was sent for some time, so that proxies keep the connection, and a client that is
/// gone is detected.
///
/// Used on the loop of the connection only.
final class EventHeartbeat {
    private let body: BodyWriter
    private let interval: TimeAmount

    /// The comment: a line with a colon only.
    static let comment = ByteBuffer(string: ":\n\n")

    init(_ body: BodyWriter, every interval: TimeAmount) {
        self.body = body
        self.interval = interval
    }

    /// Schedules the next look.
    func schedule() {
        let bound = NIOLoopBound(self, eventLoop: body.eventLoop)
        let timer = body.eventLoop.scheduleTask(deadline: body.lastWrite + interval) { bound.value.fire() }
        // After the end, the timer would keep the body until it fires.
        body.whenEnded { timer.cancel() }
    }

    private func fire() {
        guard !body.isOver else { return }
        if body.eventLoop.now - body.lastWrite >= interval {
            body.writeIfIdle(Self.comment)
            // A client that doesn't read gets no heartbeat; the next look is one interval later all the same.
            body.touch()
        }
        if !body.isOver { schedule() }
    }
}
