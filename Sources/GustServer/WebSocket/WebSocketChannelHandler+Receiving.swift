import GustFraming
import GustHTTP
import NIOCore

/// Reads frames and delivers messages to the receiver.
extension WebSocketChannelHandler {
    /// Reads the frames in `bytes` and delivers them; keeps the rest in the backlog.
    func receive(_ bytes: consuming ByteBuffer) {
        // While the rest of an interrupted read waits for the next turn, new bytes are only appended to it.
        if let backlog, backlog.awaitsTurn {
            backlog.input = bytes
            return
        }
        let inputs = loop.takeInputs()
        let progress = framing.read(bytes, into: inputs)
        deliver(inputs)
        loop.giveBack(inputs)
        bytes.moveReaderIndex(forwardBy: progress.consumed)
        guard bytes.readableBytes > 0, phase == .open || phase == .closeSent else { return }
        let backlog = begunBacklog
        if progress.isInterrupted {
            backlog.input = bytes
            // The loop serves other connections before the rest is read.
            backlog.awaitsTurn = true
            scheduleTurn()
        } else {
            // The rest is a part of a header or of a control frame. A small copy lets the large read buffer be released.
            backlog.input = ByteBuffer(bytes: bytes.readableBytesView)
        }
    }

    private var begunBacklog: WebSocketBacklog {
        if let backlog { return backlog }
        let begun = WebSocketBacklog()
        backlog = begun
        return begun
    }

    /// Gives the memory of the backlog back if there is nothing in it.
    func releaseBacklog() {
        if let backlog, backlog.isEmpty { self.backlog = nil }
    }

    /// Whether messages that were parsed wait until reading resumes.
    private var holdsMessages: Bool { backlog.map { !$0.held.isEmpty } ?? false }

    private func scheduleTurn() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.takeTurn() }
    }

    private func takeTurn() {
        // While reading is paused, the turn does nothing; `resumeIfPossible` schedules it again.
        guard let backlog, backlog.awaitsTurn, !isPaused, backlog.held.isEmpty else { return }
        backlog.awaitsTurn = false
        guard phase == .open || phase == .closeSent, let rest = backlog.input.take() else { return }
        receive(rest)
        resumeIfPossible()
        if !isInReadBurst { flushOutput() }
        releaseBacklog()
    }

    /// Delivers the inputs of a read in order until the receiver pauses reading; the rest is held until reading resumes.
    private func deliver(_ inputs: WebSocketInputs) {
        guard !holdsMessages, !isDelivering, !isPaused else {
            for index in 0..<inputs.count { begunBacklog.held.append(inputs[index]) }
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
                let rest = (index + 1..<inputs.count).map { inputs[$0] }
                if !rest.isEmpty { begunBacklog.held.insert(contentsOf: rest, at: 0) }
                return
            }
        }
    }

    /// Delivers the messages that were held while reading was paused.
    func deliverHeld() {
        guard let backlog, !backlog.held.isEmpty, !isDelivering, !isPaused else { return }
        isDelivering = true
        defer { isDelivering = false }
        let inputs = backlog.held
        backlog.held = []
        for (index, input) in inputs.enumerated() {
            deliver(input)
            guard isPaused else { continue }
            backlog.held.insert(contentsOf: inputs[(index + 1)...], at: 0)
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
    var mayRead: Bool {
        // While the channel closes, received bytes are read and dropped.
        guard phase == .open || phase == .closeSent else { return true }
        // While the peer doesn't read the output, reading stops, because messages from the peer could cause more output.
        let isDelayed = backlog.map { !$0.held.isEmpty || $0.awaitsTurn } ?? false
        return !isPaused && !isDelayed && isChannelWritable
    }

    func resumeIfPossible() {
        deliverHeld()
        releaseBacklog()
        if let backlog, backlog.awaitsTurn { scheduleTurn() }
        guard hasPendingRead, let context, mayRead else { return }
        hasPendingRead = false
        context.read()
    }
}
