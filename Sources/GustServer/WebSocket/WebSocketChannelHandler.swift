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

    enum Phase { case open, closeSent, closeReceived, ended }

    /// Payloads up to this length are copied into the burst's buffer; longer ones are written as they are.
    static let maximumCopied = 16 * 1_024
    /// When more than this waits for the burst to end, it is handed to the channel at once.
    static let maximumPending = 64 * 1_024

    /// Makes the receiver; let go of when it has, because it may hold what will hold this handler.
    var open: (@Sendable (any WebSocket) -> any WebSocketReceiver)?
    let loop: LoopContext
    let closeTimeout: TimeAmount
    /// What never changes of the framing, so that messages needn't ask for it.
    let framesPlainly: Bool
    let writeTimeout = TimeAmount.seconds(60)
    // What follows is touched for every message. Exclusivity needn't be checked at run time: each use is a load, a store,
    // or a call into a value that calls nobody back (framing, buffers), so no two can overlap on the one loop.
    @exclusivity(unchecked) var framing: any WebSocketFraming
    @exclusivity(unchecked) var context: ChannelHandlerContext?
    @exclusivity(unchecked) var receiver: (any WebSocketReceiver)?
    @exclusivity(unchecked) var phase = Phase.open
    @exclusivity(unchecked) var output: ByteBuffer?
    @exclusivity(unchecked) var isInReadBurst = false
    @exclusivity(unchecked) var awaitsFlush = false
    @exclusivity(unchecked) var isChannelWritable = true
    var closure = WebSocketClosure(isClean: false)
    var input: ByteBuffer?
    var isPaused = false
    var hasPendingRead = false
    var timer: Scheduled<Void>?

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
            expectWrite()
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

    func deliver(_ input: WebSocketInput) {
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

    func receiveClose(_ code: WebSocketCloseCode?, _ reason: String) {
        let wasOpen = phase == .open
        closure = WebSocketClosure(code: code, reason: reason, isClean: true, error: closure.error)
        if wasOpen { writeClose(code, "") }
        phase = .closeReceived
        closeChannel()
    }

    /// Something can't be said to this peer: that is told to the receiver, and the peer is let go.
    func fail(sending error: WebSocketError) {
        guard phase == .open else { return }
        closure.error = error
        close(code: .unsupportedData, reason: "")
    }

    func fail(_ code: WebSocketCloseCode) {
        if phase == .open { writeClose(code, "") }
        phase = .closeReceived
        closeChannel()
    }

    // MARK: Ends

    func closeChannel() {
        flushOutput()
        context?.close(mode: .all, promise: nil)
    }

    func end() {
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
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: time) { missed(bound.value) }
    }

    func cancelTimer() {
        timer?.cancel()
        timer = nil
    }

    func resumeIfPossible() {
        guard hasPendingRead, !isPaused, let context, context.channel.isWritable else { return }
        hasPendingRead = false
        context.read()
    }
}

extension WebSocketChannelHandler: ShutdownParticipant {
    func beginShutdown() { close(code: .goingAway, reason: "") }
}
