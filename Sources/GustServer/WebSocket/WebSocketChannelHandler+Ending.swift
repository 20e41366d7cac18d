import GustHTTP
import NIOCore

/// Ends and deadlines.
extension WebSocketChannelHandler {
    /// How long the peer's bytes are read and dropped after a failure, so that the peer can read the close frame.
    static let lingerTime = TimeAmount.seconds(2)

    /// Tells the receiver, sends what is written, and ends the channel.
    ///
    /// A peer that may still be sending is read from for a moment (`lingers`): if its bytes were left unread, the
    /// operating system would answer them with a reset, which destroys a close frame on its way (RFC 9112 §9.6 says the
    /// same of HTTP).
    func closeChannel(lingers: Bool) {
        guard phase == .open || phase == .closeSent, let context else { return }
        phase = .closing
        input = nil
        held = []
        startTimer(closeTimeout)
        writeOutput()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.closedOutput(lingers: lingers) }
        context.flush()
        context.close(mode: .output, promise: promise)
        tellReceiver()
    }

    private func closedOutput(lingers: Bool) {
        guard phase == .closing, let context else { return }
        guard lingers else { return context.close(mode: .all, promise: nil) }
        startTimer(Self.lingerTime)
        resumeIfPossible()
    }

    /// The channel has ended.
    func end() {
        guard phase != .ended else { return }
        phase = .ended
        cancelTimer()
        loop.remove(self)
        input = nil
        held = []
        output = nil
        tellReceiver()
    }

    /// Tells the receiver how the connection ended, once.
    private func tellReceiver() {
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(closure)
    }

    /// A message can't be sent in this peer's dialect: the closure says why, and the connection is closed.
    func fail(sending error: WebSocketError) {
        guard phase == .open else { return }
        closure.error = error
        close(code: .unsupportedData, reason: "")
    }

    /// Gives the peer time to take something; it has more, for as long as what waits for it becomes less.
    func expectWrite() {
        let unsentBytes = bufferedBytes
        startTimer(writeTimeout) { handler in
            if handler.bufferedBytes < unsentBytes { handler.expectWrite() } else { handler.abort() }
        }
    }

    func startTimer(
        _ time: TimeAmount,
        _ missed: @escaping @Sendable (WebSocketChannelHandler) -> Void = { $0.abort() }
    ) {
        cancelTimer()
        guard phase != .ended else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: time) { missed(bound.value) }
    }

    func cancelTimer() {
        timer?.cancel()
        timer = nil
    }
}

extension WebSocketChannelHandler: ShutdownParticipant {
    func beginShutdown() { close(code: .goingAway, reason: "") }
}
