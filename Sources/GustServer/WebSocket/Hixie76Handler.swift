import GustHTTP
import NIOCore

/// The rest of a hixie-76 handshake: waits for eight bytes, answers with sixteen, and makes room for the WebSocket.
///
/// The 101 has left already, because proxies such as HAProxy hold the eight bytes back until they have seen it.
final class Hixie76Handler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let challenge: Hixie76Challenge
    private let loop: LoopContext
    private let timeout: TimeAmount
    /// Made beforehand, used once.
    private var webSocket: WebSocketChannelHandler?
    private var context: ChannelHandlerContext?
    private var body = ByteBuffer()
    private var timer: Scheduled<Void>?

    init(_ challenge: Hixie76Challenge, _ webSocket: WebSocketChannelHandler, loop: LoopContext, timeout: TimeAmount) {
        self.challenge = challenge
        self.webSocket = webSocket
        self.loop = loop
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: timeout) { bound.value.close() }
        // Last, because a server that is stopping closes the connection in here.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        loop.remove(self)
        webSocket = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let webSocket else { return }
        var bytes = unwrapInboundIn(data)
        let missing = Hixie76Challenge.bodyLength - body.readableBytes
        if var part = bytes.readSlice(length: min(missing, bytes.readableBytes)) { body.writeBuffer(&part) }
        guard body.readableBytes == Hixie76Challenge.bodyLength else { return }
        guard let proof = challenge.answer(to: body) else { return close() }
        self.webSocket = nil
        context.write(wrapOutboundOut(proof), promise: nil)
        do {
            // Its receiver may send at once: behind the proof, in the same write.
            try context.pipeline.syncOperations.addHandler(webSocket, position: .after(self))
        } catch {
            return close()
        }
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
        context.fireChannelReadComplete()
        context.flush()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The eight bytes will not come.
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
