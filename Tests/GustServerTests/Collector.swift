import NIOCore

/// Collects the bytes that the server sends until the connection is closed or fails.
final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let received: EventLoopPromise<ByteBuffer>
    private var bytes = ByteBuffer()

    init(_ received: EventLoopPromise<ByteBuffer>) { self.received = received }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var more = unwrapInboundIn(data)
        bytes.writeBuffer(&more)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { received.succeed(bytes) }
}
