import GustHTTP
import NIOCore

/// How a WebSocket ends, and its deadlines.
extension WebSocketChannelHandler {
    /// How long received bytes are read and dropped after a failure, so that the peer can read the close frame.
    static let lingerTime = TimeAmount.seconds(2)

    /// How long the closing handshake may take.
    var closeTimeout: TimeAmount { TimeAmount(server.limits.webSocketCloseTimeout) }

    /// What the receiver is told about the end.
    var closure: WebSocketClosure {
        get { ending?.closure ?? WebSocketClosure(isClean: false) }
        set { begunEnding.closure = newValue }
    }

    private var begunEnding: WebSocketEnding {
        if let ending { return ending }
        let begun = WebSocketEnding()
        ending = begun
        return begun
    }

    /// Flushes the output, closes the channel, and calls the receiver's `closed`.
    ///
    /// If `lingers` is `true`, because the peer may still be sending, received bytes are read and dropped for
    /// ``lingerTime``. If they were left unread, the operating system would reset the connection, and the peer could lose
    /// the close frame (RFC 9112 §9.6 describes the same for HTTP).
    func closeChannel(lingers: Bool) {
        guard phase == .open || phase == .closeSent, let context else { return }
        phase = .closing
        backlog = nil
        if !lingers, sendEverything() {
            // The channel becomes inactive in this call, and `end` calls the receiver's `closed`.
            return context.close(mode: .all, promise: nil)
        }
        startTimer(closeTimeout)
        writeOutput()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.closedOutput(lingers: lingers) }
        context.flush()
        context.close(mode: .output, promise: promise)
        tellReceiver()
    }

    /// Sends all output; true if the operating system has taken it, so that the channel can be closed at once, without a deadline.
    private func sendEverything() -> Bool {
        guard socket != nil else { return false }
        flushOutput()
        return !channelHoldsOutput
    }

    private func closedOutput(lingers: Bool) {
        guard phase == .closing, let context else { return }
        guard lingers else { return context.close(mode: .all, promise: nil) }
        startTimer(Self.lingerTime)
        resumeIfPossible()
    }

    /// Releases everything after the channel has become inactive or this handler has been removed.
    func end() {
        guard phase != .ended else { return }
        phase = .ended
        cancelTimer()
        loop.remove(self)
        backlog = nil
        dropOutput()
        tellReceiver()
    }

    /// Calls the receiver's `closed`, once.
    private func tellReceiver() {
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(closure)
    }

    /// Closes the connection after a message that can't be sent in this peer's dialect; the closure contains the error.
    func fail(sending error: WebSocketError) {
        guard phase == .open else { return }
        closure.error = error
        close(code: .unsupportedData, reason: "")
    }

    /// Starts the deadline for output: the connection is aborted if ``bufferedBytes`` hasn't decreased by then.
    ///
    /// If it has decreased, the deadline starts anew.
    func expectWrite() {
        let unsentBytes = bufferedBytes
        startTimer(TimeAmount(server.limits.writeTimeout)) { handler in
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
        begunEnding.timer = eventLoop.scheduleTask(in: time) { missed(bound.value) }
    }

    func cancelTimer() {
        ending?.timer?.cancel()
        ending?.timer = nil
    }
}

extension WebSocketChannelHandler: ShutdownParticipant {
    func beginShutdown() { close(code: .goingAway, reason: "") }
}
