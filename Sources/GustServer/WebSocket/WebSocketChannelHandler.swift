import GustFraming
import GustHTTP
import NIOCore

/// The channel handler of one WebSocket: delivers messages to the receiver and sends messages to the peer.
///
/// All messages of a read are parsed first and then delivered synchronously. Messages that are sent during the delivery are
/// framed into one buffer and written in one write at the end of the read burst. Messages that are sent at other times are
/// flushed at the end of the loop's turn.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case open
        /// This end has sent its close frame; the peer's close frame hasn't been received.
        case closeSent
        /// Nothing more is sent or delivered; the channel is closed after the output has been written.
        case closing
        case ended
    }

    /// The maximum length in bytes of payloads that are copied into the burst's buffer; longer payloads are written without
    /// a copy.
    static let maximumCopied = 16 * 1_024
    /// The number of bytes in the burst's buffer above which it is written to the channel before the burst ends.
    static let maximumPending = 64 * 1_024

    // An idle WebSocket has this object, so the object has what most WebSockets need; the rest is in objects of its own. The properties that
    // sending uses come first, so that they are in few lines of the processor's cache.
    // The following properties are accessed for every message. `@exclusivity(unchecked)` is safe: each access is a load, a
    // store, or a call of a value or closure that doesn't call back (framing, buffers, the encoder of `send(textWrittenBy:)`), so
    // accesses on the one loop can't overlap.
    @exclusivity(unchecked) var context: ChannelHandlerContext?
    let loop: LoopContext
    /// The only frame of the burst, if other WebSockets send it too; ``output`` is unused then.
    @exclusivity(unchecked) var sharedFrame: SharedFrame?
    /// The socket of the channel, if output is written past the channel; nil if other handlers change what is written.
    @exclusivity(unchecked) var socket: ChannelSocket?
    @exclusivity(unchecked) var phase = Phase.open
    /// The constant ``WebSocketFraming/isPlain`` of the framing, stored so that a message costs no dynamic call.
    let framesPlainly: Bool
    /// Whether the channel may hold output, which must be sent before any other.
    @exclusivity(unchecked) var channelMayHoldOutput = true
    @exclusivity(unchecked) var isChannelWritable = true
    @exclusivity(unchecked) var isInReadBurst = false
    /// Whether the loop flushes the WebSocket at the end of its turn.
    ///
    /// If this is `false` outside of a burst that is received, nothing waits to be flushed.
    @exclusivity(unchecked) var awaitsFlush = false
    @exclusivity(unchecked) var isDelivering = false
    @exclusivity(unchecked) var isPaused = false
    @exclusivity(unchecked) var hasPendingRead = false
    /// The frames of the burst, in memory of the loop; unused until the first one, and again when they have been written.
    @exclusivity(unchecked) var output = FrameBuffer()
    /// What was received and hasn't been delivered; nil while there is nothing.
    @exclusivity(unchecked) var backlog: WebSocketBacklog?
    @exclusivity(unchecked) var receiver: (any WebSocketReceiver)?
    @exclusivity(unchecked) var framing: any WebSocketFraming
    let server: HTTPServerShared
    /// How the WebSocket ends; nil before its end begins, unless the peer has stopped reading.
    var ending: WebSocketEnding?

    /// `socket` is nil if other handlers change or delay what is written, as TLS does.
    init(_ framing: any WebSocketFraming, _ server: HTTPServerShared, loop: LoopContext, socket: ChannelSocket?) {
        self.socket = socket
        self.loop = loop
        self.server = server
        self.framing = framing
        framesPlainly = framing.isPlain
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isChannelWritable = context.channel.isWritable
        isInReadBurst = true
    }

    /// Makes the receiver; called once, after the handler has been added to the pipeline.
    ///
    /// - Parameters:
    ///   - head: The response to the handshake, in a buffer of the loop, if it has to be sent before the first frame.
    ///   - open: Makes the receiver.
    func begin(
        after head: ByteBuffer? = nil,
        _ open: @Sendable (any WebSocketConnection) -> any WebSocketReceiver
    ) {
        if let head { beginOutput(with: head) }
        let receiver = open(self)
        guard phase != .closing, phase != .ended else {
            // The connection ended while the receiver was made: the receiver's `closed` is called, and it isn't kept.
            return receiver.closed(closure)
        }
        self.receiver = receiver
        // This call is the last, because it closes the connection if the server is shutting down.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
        socket = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var bytes = buffer
        isInReadBurst = true
        guard phase == .open || phase == .closeSent else { return }
        if let backlog, var rest = backlog.input.take() {
            rest.append(read: &bytes)
            bytes = rest
        }
        receive(bytes)
        loop.giveBack(read: buffer)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Without bytes, this is the end of the input, where a flush that fails would close the channel inside SwiftNIO's
        // half-closure, which asserts that the channel is open. Output that waits is flushed at the end of the turn.
        guard isInReadBurst else { return }
        isInReadBurst = false
        flushOutput()
        releaseBacklog()
        if let socket, mayRead { socket.requestRead() }
    }

    func read(context: ChannelHandlerContext) {
        // A read that isn't allowed now is done by `resumeIfPossible`.
        if mayRead { context.read() } else { hasPendingRead = true }
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
        // A WebSocket ends when the peer closes its direction (RFC 6455 §7.1.7).
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
