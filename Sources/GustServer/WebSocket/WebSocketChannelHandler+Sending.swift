import GustFraming
import GustHTTP
import NIOCore

/// Frames messages and writes the frames in as few writes as possible.
extension WebSocketChannelHandler {
    func send(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        guard phase == .open || kind == .close else { return }
        guard framesPlainly else { return sendFramed(kind, payload) }
        if payload.readableBytes <= Self.maximumCopied {
            beginOutput()
            output?.writeFrame(kind, payload)
        } else {
            beginOutput()
            output?.writeHeader(of: kind, payloadLength: payload.readableBytes)
            writeOutput()
            if let context { write(payload, context) }
        }
        afterSending()
    }

    func send(textWrittenBy write: (inout ByteBuffer) -> Void) {
        guard framesPlainly else {
            var text = ByteBuffer()
            write(&text)
            if text.readableBytes > 0 { send(.text, text) }
            return
        }
        guard phase == .open else { return }
        beginOutput()
        // `write` only encodes, and sends nothing, so that nobody else uses the buffer meanwhile.
        if output?.writeTextFrame(write) == true { afterSending() }
    }

    func send(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        guard framesPlainly else { return send(.text, ByteBuffer(textOf: length, writtenBy: write)) }
        guard phase == .open else { return }
        beginOutput()
        // `write` only encodes, and sends nothing, so that nobody else uses the buffer meanwhile.
        output?.writeTextFrame(length: length, write)
        afterSending()
    }

    /// Takes the loop's buffer for the burst unless there is one.
    private func beginOutput() {
        guard output == nil else { return }
        output = loop.takeBuffer()
        isOutputOfLoop = true
    }

    /// Sends a message by the framing, because messages may be compressed or the peer uses a hixie draft.
    func sendFramed(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        guard let context else { return }
        var buffer = output ?? context.channel.allocator.buffer(capacity: max(256, payload.readableBytes + 10))
        output = nil
        do throws(WebSocketError) {
            try framing.write(kind, payload, into: &buffer)
            output = buffer
            afterSending()
        } catch {
            output = buffer
            fail(sending: error)
        }
    }

    func afterSending() {
        if output?.readableBytes ?? 0 > Self.maximumPending { writeOutput() }
        guard !isInReadBurst, !awaitsFlush else { return }
        awaitsFlush = true
        loop.flushLater(self)
    }

    func writeOutput() {
        guard let output, let context else { return }
        self.output = nil
        loop.noteBurst(output.readableBytes)
        write(output, context)
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil)
    {
        channelMayHoldOutput = true
        context.write(wrapOutboundOut(bytes), promise: promise)
    }

    /// Writes and flushes everything that waits to be sent.
    func flushOutput() {
        awaitsFlush = false
        guard let context else { return }
        if let socket, !channelHoldsOutput(context) {
            guard var output else { return }
            self.output = nil
            loop.noteBurst(output.readableBytes)
            output.moveReaderIndex(forwardBy: socket.write(output))
            guard output.readableBytes > 0 else { return giveBack(output) }
            // The channel waits until the socket takes more, or finds the error of the socket and closes. It may wait for long, so it gets
            // a copy rather than a buffer of the loop that is much longer.
            let isLong = output.capacity > 4 * output.readableBytes
            write(isLong ? ByteBuffer(bytes: output.readableBytesView) : output, context)
        }
        writeOutput()
        context.flush()
    }

    /// Returns a buffer whose bytes the socket has taken to the loop, unless it is that of a message for many WebSockets.
    private func giveBack(_ output: consuming ByteBuffer) {
        if isOutputOfLoop { loop.giveBack(output) }
    }

    /// Whether the channel holds output that it has not handed to the operating system.
    func channelHoldsOutput(_ context: ChannelHandlerContext) -> Bool {
        guard channelMayHoldOutput else { return false }
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

    var isWritable: Bool {
        phase == .open && isChannelWritable && output?.readableBytes ?? 0 < Self.maximumPending
    }

    var carriesBinary: Bool { framing.carriesBinary }

    var bufferedBytes: Int {
        let waiting = output?.readableBytes ?? 0
        guard let context else { return waiting }
        return waiting + channelBytes(context)
    }

    func send(text: ByteBuffer) { send(.text, text) }

    func send(binary: ByteBuffer) { send(.binary, binary) }

    func send(_ message: PreparedMessage) {
        guard let context, phase == .open else { return }
        let frame: ByteBuffer
        if framesPlainly {
            frame = message.frame
        } else {
            do throws(WebSocketError) { frame = try framing.frame(of: message) } catch { return fail(sending: error) }
        }
        if frame.readableBytes > Self.maximumCopied {
            writeOutput()
            write(frame, context)
        } else if output == nil {
            // The frame is shared by all WebSockets that send it; its bytes are copied only if another message follows.
            output = frame
            isOutputOfLoop = false
        } else {
            output?.writeImmutableBuffer(frame)
        }
        afterSending()
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
