import GustFraming
import GustHTTP
import NIOCore

/// Reads frames and delivers messages to the receiver.
extension WebSocketChannelHandler {
    /// Reads the frames in `bytes` and delivers them; keeps the rest in ``input``.
    func receive(_ bytes: consuming ByteBuffer) {
        // While the rest of an interrupted read waits for the next turn, new bytes are only appended to it.
        guard !awaitsTurn else {
            input = bytes
            return
        }
        let inputs = loop.takeInputs()
        let progress = framing.read(bytes, into: inputs)
        deliver(inputs)
        loop.giveBack(inputs)
        bytes.moveReaderIndex(forwardBy: progress.consumed)
        guard bytes.readableBytes > 0, phase == .open || phase == .closeSent else { return }
        if progress.isInterrupted {
            input = bytes
            awaitTurn()
        } else {
            // The rest is a part of a header or of a control frame. A small copy lets the large read buffer be released.
            input = ByteBuffer(bytes: bytes.readableBytesView)
        }
    }

    /// Lets the loop serve other connections before the rest of ``input`` is read.
    private func awaitTurn() {
        awaitsTurn = true
        scheduleTurn()
    }

    private func scheduleTurn() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.takeTurn() }
    }

    private func takeTurn() {
        // While reading is paused, the turn does nothing; `resumeIfPossible` schedules it again.
        guard awaitsTurn, !isPaused, held.isEmpty else { return }
        awaitsTurn = false
        guard phase == .open || phase == .closeSent, let rest = input else { return }
        input = nil
        receive(rest)
        resumeIfPossible()
        if !isInReadBurst { flushOutput() }
    }

    /// Delivers the inputs of a read in order until the receiver pauses reading; the rest is held until reading resumes.
    private func deliver(_ inputs: WebSocketInputs) {
        guard held.isEmpty, !isDelivering, !isPaused else {
            for index in 0..<inputs.count { held.append(inputs[index]) }
            return
        }
        isDelivering = true
        defer { isDelivering = false }
        // The receiver is loaded once: it is the same until it has been told that the connection has ended.
        let receiver = receiver
        let payloads = inputs.payloads
        payloads.withUnsafeReadableBytes { bytes in
            for index in 0..<inputs.count {
                if let range = inputs.text(at: index) {
                    let text = UnsafeRawBufferPointer(rebasing: bytes[range])
                    if phase == .open { receiver?.receive(text: text, at: range.lowerBound, of: payloads) }
                } else {
                    deliver(inputs[index])
                }
                guard isPaused else { continue }
                held = (index + 1..<inputs.count).map { inputs[$0] } + held
                return
            }
        }
    }

    /// Delivers the messages that were held while reading was paused.
    func deliverHeld() {
        guard !held.isEmpty, !isDelivering, !isPaused else { return }
        isDelivering = true
        defer { isDelivering = false }
        let inputs = held
        held = []
        for (index, input) in inputs.enumerated() {
            deliver(input)
            guard isPaused else { continue }
            held = inputs[(index + 1)...] + held
            return
        }
    }

    private func deliver(_ input: WebSocketInput) {
        // After this end has sent its close frame, only the peer's close frame matters.
        switch input {
        case .text(let bytes): if phase == .open { receiver?.receive(text: bytes) }
        case .binary(let bytes): if phase == .open { receiver?.receive(binary: bytes) }
        case .ping(let payload): if phase == .open { send(.pong, payload) }
        case .pong: if phase == .open { receiver?.receivedPong() }
        case .close(let code, let reason): receiveClose(code, reason)
        case .failure(let code): fail(code)
        }
    }

    private func receiveClose(_ code: WebSocketCloseCode?, _ reason: String) {
        guard phase == .open || phase == .closeSent else { return }
        closure = WebSocketClosure(code: code, reason: reason, isClean: true, error: closure.error)
        if phase == .open { writeClose(code, "") }
        // The peer sends nothing after its close frame (RFC 6455 §5.5.1), so lingering isn't needed.
        closeChannel(lingers: false)
    }

    /// Closes the connection after the peer has violated the protocol.
    private func fail(_ code: WebSocketCloseCode) {
        guard phase == .open || phase == .closeSent else { return }
        if phase == .open { writeClose(code, "") }
        closeChannel(lingers: true)
    }

    /// Whether the handler may read from the channel.
    func mayRead(_ context: ChannelHandlerContext) -> Bool {
        // While the channel closes, received bytes are read and dropped.
        guard phase == .open || phase == .closeSent else { return true }
        // While the peer doesn't read the output, reading stops, because messages from the peer could cause more output.
        return !isPaused && held.isEmpty && !awaitsTurn && context.channel.isWritable
    }

    func resumeIfPossible() {
        deliverHeld()
        if awaitsTurn { scheduleTurn() }
        guard hasPendingRead, let context, mayRead(context) else { return }
        hasPendingRead = false
        context.read()
    }
}
