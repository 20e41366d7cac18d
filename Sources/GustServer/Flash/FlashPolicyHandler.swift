import NIOCore

/// Serves one connection of the policy port: reads a request of 22 or 23 bytes, writes the policy and closes the output.
///
/// The deadline counts from the beginning of the connection, so that a client that sends its bytes slowly doesn't prolong
/// it.
final class FlashPolicyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let policy: FlashPolicy
    private let timeout: TimeAmount
    private var request = ByteBuffer()
    private var hasAnswered = false
    private var timer: Scheduled<Void>?

    init(_ policy: FlashPolicy, timeout: TimeAmount) {
        self.policy = policy
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: timeout) { bound.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes after the request are read and dropped until the deadline. If they were left unread, the operating system
        // would reset the connection, and the client could lose the policy.
        guard !hasAnswered else { return }
        var bytes = unwrapInboundIn(data)
        request.writeBuffer(&bytes)
        switch FlashPolicyRequest.match(request) {
        case .begun: break
        case .no: context.close(promise: nil)
        case .whole:
            hasAnswered = true
            context.writeAndFlush(wrapOutboundOut(policy.answer), promise: nil)
            context.close(mode: .output, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
