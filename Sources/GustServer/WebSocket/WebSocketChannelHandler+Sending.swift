import GustFraming
import GustHTTP
import NIOCore

/// Frames messages and writes the frames in as few writes as possible.
extension WebSocketChannelHandler {
    func send(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        guard phase == .open || kind == .close else { return }
        guard framesPlainly else { return sendFramed(kind, payload) }
        beginOutput()
        if payload.readableBytes <= Self.maximumCopied {
            output.append(kind, payload)
        } else {
            output.append(headerOf: kind, payloadLength: payload.readableBytes)
            writeOutput()
            if let context { write(payload, context) }
        }
        afterSending()
    }

    func send(textWrittenBy write: (inout ByteBuffer) -> Void) {
        guard phase == .open else { return }
        var text = loop.takeBuffer()
        write(&text)
        if text.readableBytes > 0 { send(.text, text) }
        loop.giveBack(text)
    }

    func send(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        guard framesPlainly else { return send(.text, ByteBuffer(textOf: length, writtenBy: write)) }
        guard phase == .open else { return }
        beginOutput()
        // `write` only encodes, and sends nothing, so that nobody else uses the output meanwhile.
        output.append(.text, length: length, write)
        afterSending()
    }

    /// Begins the burst with bytes that precede the first frame, in a buffer of the loop, which is given back.
    func beginOutput(with head: ByteBuffer) {
        beginOutput()
        output.append(frame: head)
        loop.giveBack(head)
    }

    /// Takes memory of the loop for the burst unless there is some.
    private func beginOutput() {
        if output.isUnused { takeOutput() }
    }

    @inline(never)
    private func takeOutput() {
        output = loop.takeFrames()
        guard let frame = sharedFrame.take() else { return }
        output.append(frame: frame.buffer)
    }

    /// Sends a message by the framing, because messages may be compressed or the peer uses a hixie draft.
    func sendFramed(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        guard context != nil else { return }
        var frame = loop.takeBuffer()
        defer { loop.giveBack(frame) }
        do throws(WebSocketError) { try framing.write(kind, payload, into: &frame) } catch {
            return fail(sending: error)
        }
        send(frame: frame)
    }

    /// Sends bytes as they are.
    private func send(frame: ByteBuffer) {
        if frame.readableBytes > Self.maximumCopied {
            writeOutput()
            if let context { write(frame, context) }
        } else {
            beginOutput()
            output.append(frame: frame)
        }
        afterSending()
    }

    /// The length of the frames of the burst.
    private var waitingBytes: Int { sharedFrame?.bytes.count ?? output.count }

    func afterSending() {
        if waitingBytes > Self.maximumPending { writeOutput() }
        if !isInReadBurst, !awaitsFlush { flushLater() }
    }

    private func flushLater() {
        awaitsFlush = true
        loop.flushLater(self)
    }

    func writeOutput() {
        guard let context else { return }
        if let frame = sharedFrame.take() { return write(frame.buffer, context) }
        guard output.count > 0 else { return }
        loop.noteBurst(output.count)
        let bytes = output.bytes(from: 0)
        dropOutput()
        write(bytes, context)
    }

    /// Forgets the frames of the burst.
    func dropOutput() {
        sharedFrame = nil
        if !output.isUnused { loop.giveBack(output.take()) }
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil)
    {
        channelMayHoldOutput = true
        context.write(wrapOutboundOut(bytes), promise: promise)
    }

    /// The only frame of the burst, if the channel holds nothing that must be sent before.
    var readyFrame: ReadyFrame? {
        guard !channelMayHoldOutput, let bytes = sharedFrame?.bytes, let socket else { return nil }
        return ReadyFrame(bytes, to: socket)
    }

    /// Forgets the first `count` bytes of the ``readyFrame``, which the operating system has taken; the rest of it still awaits its flush.
    func hasSent(_ count: Int) {
        guard count > 0, let frame = sharedFrame.take() else { return }
        if count < frame.bytes.count {
            sharedFrame = SharedFrame(frame.buffer.droppingFirst(count))
        } else {
            awaitsFlush = false
        }
    }

    /// Writes and flushes everything that waits to be sent.
    func flushOutput() {
        awaitsFlush = false
        guard let socket, !channelHoldsOutput else {
            writeOutput()
            context?.flush()
            return
        }
        if let frame = sharedFrame.take() {
            let written = socket.write(frame.bytes)
            if written < frame.bytes.count { writeRest(frame.buffer.droppingFirst(written)) }
            return
        }
        let length = output.count
        guard length > 0 else { return }
        loop.noteBurst(length)
        let written = output.withUnsafeBytes { socket.write($0) }
        defer { dropOutput() }
        if written < length { writeRest(output.bytes(from: written)) }
    }

    /// Writes what the socket hasn't taken: the channel waits until it takes more, or finds the error of the socket and closes.
    private func writeRest(_ rest: ByteBuffer) {
        guard let context else { return }
        write(rest, context)
        context.flush()
    }

    /// Whether the channel holds output that it has not handed to the operating system.
    var channelHoldsOutput: Bool {
        guard channelMayHoldOutput, let context else { return false }
        channelMayHoldOutput = channelBytes(context) > 0
        return channelMayHoldOutput
    }

    /// How many bytes the channel holds; the channels of tests don't know, and hold none after a flush.
    private func channelBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func writeClose(_ code: WebSocketCloseCode?, _ reason: String) {
        var payload = ByteBuffer()
        if let code {
            payload.writeInteger(code.rawValue)
            payload.writeString(Self.shortened(reason))
        }
        send(.close, payload)
    }

    /// The longest prefix of `reason` that fits into a close frame (123 bytes), cut between characters.
    private static func shortened(_ reason: String) -> String {
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return reason
    }
}

extension WebSocketChannelHandler: WebSocketConnection {
    var eventLoop: any EventLoop { loop.executor.eventLoop }

    var isWritable: Bool { phase == .open && isChannelWritable && waitingBytes < Self.maximumPending }

    var carriesBinary: Bool { framing.carriesBinary }

    var bufferedBytes: Int {
        guard let context else { return waitingBytes }
        return waitingBytes + channelBytes(context)
    }

    func send(text: ByteBuffer) { send(.text, text) }

    func send(binary: ByteBuffer) { send(.binary, binary) }

    func send(_ message: PreparedMessage) {
        guard context != nil, phase == .open else { return }
        let frame: SharedFrame
        if framesPlainly {
            frame = message.frame
        } else {
            do throws(WebSocketError) { frame = try framing.frame(of: message) } catch { return fail(sending: error) }
        }
        // The bytes are copied only if there is another message in the burst.
        guard output.isUnused, sharedFrame == nil, frame.bytes.count <= Self.maximumCopied else {
            return send(frame: frame.buffer)
        }
        sharedFrame = frame
        afterSending()
    }

    func sendIfWritable(_ message: PreparedMessage) -> Bool {
        // If nothing waits to be flushed, the message is the first one of its burst. This is so for most deliveries of a broadcast, and uses the
        // first properties only.
        guard framesPlainly, !awaitsFlush, !isInReadBurst, phase == .open, isChannelWritable, context != nil,
            message.frame.bytes.count <= Self.maximumCopied
        else {
            guard isWritable else { return false }
            send(message)
            return true
        }
        sharedFrame = message.frame
        flushLater()
        return true
    }

    func flush() { flushOutput() }

    func whenFlushed(_ body: @escaping (Bool) -> Void) {
        guard let context, phase == .open else { return body(false) }
        writeOutput()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            if case .success = result { body(true) } else { body(false) }
        }
        // The channel completes writes in order, so the promise of an empty write is kept after all writes before it.
        write(ByteBuffer(), context, promise)
        afterSending()
    }

    func ping(_ payload: ByteBuffer) {
        send(.ping, payload.getSlice(at: payload.readerIndex, length: min(125, payload.readableBytes)) ?? ByteBuffer())
    }

    func close(code: WebSocketCloseCode?, reason: String) {
        guard phase == .open else { return }
        writeClose(code, reason)
        guard framing.hasClosingHandshake else {
            // The draft has no closing handshake, so there is no close frame to wait for, and the peer may still be sending.
            return closeChannel(lingers: true)
        }
        phase = .closeSent
        startTimer(closeTimeout)
        // The peer's close frame must be read, even if the receiver has paused reading.
        isPaused = false
        resumeIfPossible()
    }

    func abort() {
        context?.close(mode: .all, promise: nil)
    }

    func pauseReading() { isPaused = true }

    func resumeReading() {
        isPaused = false
        resumeIfPossible()
    }
}

extension ByteBuffer {
    /// The readable bytes behind the first `count`.
    fileprivate func droppingFirst(_ count: Int) -> ByteBuffer {
        var rest = self
        rest.moveReaderIndex(forwardBy: count)
        return rest
    }
}
