import GustHTTP
import NIOCore

/// Completes a hixie-76 handshake: reads eight bytes, writes sixteen, and replaces itself with the WebSocket's handler.
///
/// The head of the 101 response has already been sent, because proxies such as HAProxy hold the eight bytes back until
/// they have received it.
final class Hixie76Handler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let challenge: Hixie76Challenge
    private let loop: LoopContext
    private let timeout: TimeAmount
    /// The handler of the WebSocket; nil once the handshake is complete.
    private var webSocket: WebSocketChannelHandler?
    /// Makes the receiver of the WebSocket; nil once the handshake is complete, because it may keep alive an object that keeps this one alive.
    private var open: (@Sendable (any WebSocketConnection) -> any WebSocketReceiver)?
    private var context: ChannelHandlerContext?
    private var body = ByteBuffer()
    private var timer: Scheduled<Void>?

    init(
        _ challenge: Hixie76Challenge,
        _ webSocket: WebSocketChannelHandler,
        _ open: @escaping @Sendable (any WebSocketConnection) -> any WebSocketReceiver,
        loop: LoopContext,
        timeout: TimeAmount
    ) {
        self.challenge = challenge
        self.webSocket = webSocket
        self.open = open
        self.loop = loop
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: timeout) { bound.value.close() }
        // This call is the last, because it closes the connection if the server is shutting down.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        loop.remove(self)
        webSocket = nil
        open = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let webSocket, let open else { return }
        var bytes = unwrapInboundIn(data)
        let missing = Hixie76Challenge.bodyLength - body.readableBytes
        if var part = bytes.readSlice(length: min(missing, bytes.readableBytes)) { body.writeBuffer(&part) }
        guard body.readableBytes == Hixie76Challenge.bodyLength else { return }
        guard let proof = challenge.answer(to: body) else { return close() }
        self.webSocket = nil
        self.open = nil
        context.write(wrapOutboundOut(proof), promise: nil)
        do {
            // Messages that the receiver sends while it is made follow the proof in the same flush.
            try context.pipeline.syncOperations.addHandler(webSocket, position: .after(self))
        } catch {
            return close()
        }
        webSocket.begin(open)
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
        context.fireChannelReadComplete()
        context.flush()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The eight bytes can't be received any more.
        if let event = event as? ChannelEvent, event == .inputClosed { close() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func close() {
        context?.close(mode: .all, promise: nil)
    }
}

extension Hixie76Handler: ShutdownParticipant {
    func beginShutdown() { close() }
}
