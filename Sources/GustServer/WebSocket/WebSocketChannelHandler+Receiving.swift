import GustHTTP
import NIOCore

/// Bytes into messages, messages to the receiver.
extension WebSocketChannelHandler {
    /// Takes `bytes` apart and delivers what is whole; keeps the rest.
    func receive(_ bytes: consuming ByteBuffer) {
        // While one turn's work is unfinished, what is read meanwhile waits behind it.
        guard !awaitsTurn else {
            input = bytes
            return
        }
        var inputs: [WebSocketInput] = []
        let isInterrupted = framing.read(&bytes, into: &inputs)
        deliver(inputs)
        guard bytes.readableBytes > 0, phase == .open || phase == .closeSent else { return }
        if isInterrupted {
            input = bytes
            awaitTurn()
        } else {
            // A part of a frame's header, or of a control frame: keep a small copy, not the whole read.
            input = ByteBuffer(bytes: bytes.readableBytesView)
        }
    }

    /// Lets the loop serve other connections before more of ``input`` is taken apart.
    private func awaitTurn() {
        awaitsTurn = true
        scheduleTurn()
    }

    private func scheduleTurn() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.takeTurn() }
    }

    private func takeTurn() {
        // A pause holds the turn back; the end of the pause schedules it anew.
        guard awaitsTurn, !isPaused, held.isEmpty else { return }
        awaitsTurn = false
        guard phase == .open || phase == .closeSent, let rest = input else { return }
        input = nil
        receive(rest)
        resumeIfPossible()
        if !isInReadBurst { flushOutput() }
    }

    /// Delivers messages in order, until the receiver pauses reading: the rest is held until it resumes.
    func deliver(_ inputs: [WebSocketInput]) {
        guard held.isEmpty, !isDelivering, !isPaused else {
            held += inputs
            return
        }
        isDelivering = true
        defer { isDelivering = false }
        var next = 0
        while next < inputs.count {
            deliver(inputs[next])
            next += 1
            guard isPaused else { continue }
            held = inputs[next...] + held
            return
        }
    }

    /// Delivers what was held while reading was paused.
    func deliverHeld() {
        guard !held.isEmpty, !isDelivering, !isPaused else { return }
        let inputs = held
        held = []
        deliver(inputs)
    }

    private func deliver(_ input: WebSocketInput) {
        // After our close frame only the peer's is of interest.
        switch input {
        case .text(let bytes): if phase == .open { receiver?.receive(text: bytes) }
        case .binary(let bytes): if phase == .open { receiver?.receive(binary: bytes) }
        case .ping(let payload): if phase == .open { send(.pong, payload) }
        case .pong: break
        case .close(let code, let reason): receiveClose(code, reason)
        case .failure(let code): fail(code)
        }
    }

    private func receiveClose(_ code: WebSocketCloseCode?, _ reason: String) {
        guard phase == .open || phase == .closeSent else { return }
        closure = WebSocketClosure(code: code, reason: reason, isClean: true, error: closure.error)
        if phase == .open { writeClose(code, "") }
        // The peer sends nothing behind its close frame (RFC 6455 §5.5.1).
        closeChannel(lingers: false)
    }

    /// The peer broke a rule.
    private func fail(_ code: WebSocketCloseCode) {
        guard phase == .open || phase == .closeSent else { return }
        if phase == .open { writeClose(code, "") }
        closeChannel(lingers: true)
    }

    /// Whether the channel may be read from.
    func mayRead(_ context: ChannelHandlerContext) -> Bool {
        // While the channel closes, what the peer still sends is read and dropped.
        guard phase == .open || phase == .closeSent else { return true }
        // A peer that doesn't take our output may not make us produce more of it.
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
