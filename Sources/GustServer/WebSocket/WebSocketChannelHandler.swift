import GustHTTP
import NIOCore

/// One WebSocket on its channel: bytes in, messages to the receiver, messages out.
///
/// The messages of a read are all taken out of the buffer first and then delivered, synchronously; what is sent
/// meanwhile is framed into one buffer and leaves in one write at the end of the burst. What is sent at other times leaves
/// at the end of the loop's turn.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case open, closeSent, closeReceived, ended }

    /// Payloads up to this length are copied into the burst's buffer; longer ones are written as they are.
    private static let maximumCopied = 16 * 1_024
    /// When more than this waits for the burst to end, it is handed to the channel at once.
    private static let maximumPending = 64 * 1_024

    /// Makes the receiver; let go of when it has, because it may hold what will hold this handler.
    private var open: (@Sendable (any WebSocket) -> any WebSocketReceiver)?
    private let loop: LoopContext
    private let closeTimeout: TimeAmount
    /// What never changes of the framing, so that messages needn't ask for it.
    private let framesPlainly: Bool
    private let writeTimeout = TimeAmount.seconds(60)
    // What follows is touched for every message. Exclusivity needn't be checked at run time: each use is a load, a store,
    // or a call into a value that calls nobody back (framing, buffers), so no two can overlap on the one loop.
    @exclusivity(unchecked) private var framing: any WebSocketFraming
    @exclusivity(unchecked) private var context: ChannelHandlerContext?
    @exclusivity(unchecked) private var receiver: (any WebSocketReceiver)?
    @exclusivity(unchecked) private var phase = Phase.open
    @exclusivity(unchecked) private var output: ByteBuffer?
    @exclusivity(unchecked) private var isInReadBurst = false
    @exclusivity(unchecked) private var awaitsFlush = false
    @exclusivity(unchecked) private var isChannelWritable = true
    private var closure = WebSocketClosure(isClean: false)
    private var input: ByteBuffer?
    private var isPaused = false
    private var hasPendingRead = false
    private var timer: Scheduled<Void>?

    init(
        _ upgrade: WebSocketUpgrade,
        _ acceptance: WebSocketHandshake.Acceptance,
        loop: LoopContext,
        closeTimeout: TimeAmount
    ) {
        open = upgrade.open
        self.loop = loop
        self.closeTimeout = closeTimeout
        framing = acceptance.framing
        framesPlainly = acceptance.framing.isPlain
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isChannelWritable = context.channel.isWritable
        isInReadBurst = true
        receiver = open?(self)
        open = nil
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isInReadBurst = true
        guard phase != .ended, phase != .closeReceived else { return }
        if var rest = input {
            input = nil
            rest.writeBuffer(&bytes)
            bytes = rest
        }
        var inputs: [WebSocketInput] = []
        framing.read(&bytes, into: &inputs)
        for item in inputs { deliver(item) }
        guard bytes.readableBytes > 0, phase != .ended else { return }
        // A part of a frame's header, or of a control frame: keep a small copy, not the whole read.
        input = ByteBuffer(bytes: bytes.readableBytesView)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        receiver?.receiveComplete()
        isInReadBurst = false
        flushOutput()
    }

    func read(context: ChannelHandlerContext) {
        // A peer that doesn't take our output may not make us produce more of it.
        if isPaused || !context.channel.isWritable { hasPendingRead = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        isChannelWritable = isWritable
        if isWritable {
            if phase == .open { cancelTimer() }
            resumeIfPossible()
        } else if phase == .open {
            startTimer(writeTimeout)
        }
        receiver?.writabilityChanged(isWritable: isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Receiving

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
        let wasOpen = phase == .open
        closure = WebSocketClosure(code: code, reason: reason, isClean: true, error: closure.error)
        if wasOpen { writeClose(code, "") }
        phase = .closeReceived
        closeChannel()
    }

    /// Something can't be said to this peer: that is told to the receiver, and the peer is let go.
    private func fail(sending error: WebSocketError) {
        guard phase == .open else { return }
        closure.error = error
        close(code: .unsupportedData, reason: "")
    }

    private func fail(_ code: WebSocketCloseCode) {
        if phase == .open { writeClose(code, "") }
        phase = .closeReceived
        closeChannel()
    }

    // MARK: Sending

    private func send(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        guard let context, phase == .open || kind == .close else { return }
        guard framesPlainly else { return sendFramed(kind, payload, context) }
        var buffer =
            output
            ?? context.channel.allocator.buffer(capacity: max(256, min(payload.readableBytes, Self.maximumCopied) + 10))
        output = nil
        framing.writeHeader(of: kind, payloadLength: payload.readableBytes, into: &buffer)
        // The header and a short payload leave in the burst's one buffer.
        if payload.readableBytes <= Self.maximumCopied {
            buffer.writeImmutableBuffer(payload)
            output = buffer
        } else {
            context.write(wrapOutboundOut(buffer), promise: nil)
            context.write(wrapOutboundOut(payload), promise: nil)
        }
        afterSending()
    }

    /// Sends a message that the framing changes: compressed, or as an old draft says it.
    private func sendFramed(_ kind: WebSocketOutput, _ payload: ByteBuffer, _ context: ChannelHandlerContext) {
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

    private func afterSending() {
        if output?.readableBytes ?? 0 > Self.maximumPending { writeOutput() }
        guard !isInReadBurst, !awaitsFlush else { return }
        awaitsFlush = true
        loop.flushLater(self)
    }

    private func writeOutput() {
        guard let output else { return }
        self.output = nil
        context?.write(wrapOutboundOut(output), promise: nil)
    }

    /// Hands everything to the operating system.
    func flushOutput() {
        awaitsFlush = false
        writeOutput()
        context?.flush()
    }

    private func writeClose(_ code: WebSocketCloseCode?, _ reason: String) {
        var payload = ByteBuffer()
        if let code {
            payload.writeInteger(code.rawValue)
            payload.writeString(Self.shortened(reason))
        }
        send(.close, payload)
    }

    /// The most of `reason` that fits into a control frame, cut between characters.
    private static func shortened(_ reason: String) -> String {
        var reason = reason
        while reason.utf8.count > 123 { reason.removeLast() }
        return reason
    }

    // MARK: Ends

    private func closeChannel() {
        flushOutput()
        context?.close(mode: .all, promise: nil)
    }

    private func end() {
        guard phase != .ended else { return }
        phase = .ended
        cancelTimer()
        loop.remove(self)
        input = nil
        output = nil
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(closure)
    }

    private func startTimer(_ time: TimeAmount) {
        cancelTimer()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: time) { bound.value.abort() }
    }

    private func cancelTimer() {
        timer?.cancel()
        timer = nil
    }

    private func resumeIfPossible() {
        guard hasPendingRead, !isPaused, let context, context.channel.isWritable else { return }
        hasPendingRead = false
        context.read()
    }
}

extension WebSocketChannelHandler: WebSocket {
    var eventLoop: any EventLoop { loop.executor.eventLoop }

    var isWritable: Bool {
        phase == .open && isChannelWritable && output?.readableBytes ?? 0 < Self.maximumPending
    }

    var carriesBinary: Bool { framing.carriesBinary }

    var bufferedBytes: Int {
        let waiting = output?.readableBytes ?? 0
        guard let options = context?.channel.syncOptions else { return waiting }
        return waiting + ((try? options.getOption(.bufferedWritableBytes)) ?? 0)
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
        if output != nil, frame.readableBytes <= Self.maximumCopied {
            output?.writeImmutableBuffer(frame)
        } else {
            // Shared by all receivers: nothing is copied but a reference.
            writeOutput()
            context.write(wrapOutboundOut(frame), promise: nil)
        }
        afterSending()
    }

    func flush() { flushOutput() }

    func ping(_ payload: ByteBuffer) {
        send(.ping, payload.getSlice(at: payload.readerIndex, length: min(125, payload.readableBytes)) ?? ByteBuffer())
    }

    func close(code: WebSocketCloseCode?, reason: String) {
        guard phase == .open else { return }
        writeClose(code, reason)
        guard framing.hasClosingHandshake else {
            phase = .closeReceived
            return closeChannel()
        }
        phase = .closeSent
        // The peer's answer must be read, whatever was paused.
        isPaused = false
        resumeIfPossible()
        startTimer(closeTimeout)
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

extension WebSocketChannelHandler: ShutdownParticipant {
    func beginShutdown() { close(code: .goingAway, reason: "") }
}
