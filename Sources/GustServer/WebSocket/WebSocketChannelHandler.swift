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

    enum Phase {
        case open
        /// This end has sent its close frame, the peer hasn't.
        case closeSent
        /// Nothing more is sent or delivered; the channel ends when what was sent has left.
        case closing
        case ended
    }

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
    let writeTimeout: TimeAmount
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
    /// Bytes that were read and not taken apart: the beginning of a frame, or what waits for the next turn.
    @exclusivity(unchecked) var input: ByteBuffer?
    /// Messages that were read before reading was paused, in order.
    @exclusivity(unchecked) var held: [WebSocketInput] = []
    @exclusivity(unchecked) var isDelivering = false
    /// Whether the rest of ``input`` is read in the next turn of the loop.
    @exclusivity(unchecked) var awaitsTurn = false
    @exclusivity(unchecked) var isPaused = false
    @exclusivity(unchecked) var hasPendingRead = false
    var timer: Scheduled<Void>?

    init(
        _ upgrade: WebSocketUpgrade,
        _ acceptance: WebSocketHandshake.Acceptance,
        loop: LoopContext,
        limits: HTTPLimits
    ) {
        open = upgrade.open
        self.loop = loop
        closeTimeout = TimeAmount(limits.webSocketCloseTimeout)
        writeTimeout = TimeAmount(limits.writeTimeout)
        framing = acceptance.framing
        framesPlainly = acceptance.framing.isPlain
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isChannelWritable = context.channel.isWritable
        isInReadBurst = true
        let open = open
        self.open = nil
        let receiver = open?(self)
        guard phase != .closing, phase != .ended else {
            // What was sent while the receiver was made ended the connection: the receiver is told, not kept.
            receiver?.closed(closure)
            return
        }
        self.receiver = receiver
        // Last, because a server that is stopping closes the connection in here.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isInReadBurst = true
        guard phase == .open || phase == .closeSent else { return }
        if var rest = input {
            input = nil
            rest.append(read: &bytes)
            bytes = rest
        }
        receive(bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadBurst = false
        flushOutput()
    }

    func read(context: ChannelHandlerContext) {
        // A peer that doesn't take our output may not make us produce more of it.
        if mayRead(context) { context.read() } else { hasPendingRead = true }
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

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A WebSocket needs both directions (RFC 6455 §7.1.7).
        if let event = event as? ChannelEvent, event == .inputClosed { closeChannel(lingers: false) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
