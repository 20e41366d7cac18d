import NIOCore

/// One connection of the policy port: 22 or 23 bytes in, the policy out, end.
///
/// The deadline counts from the connection's beginning, so that bytes that trickle don't prolong it.
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
        // What comes behind the request is read and thrown away until the deadline: a reset could cost the answer.
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
