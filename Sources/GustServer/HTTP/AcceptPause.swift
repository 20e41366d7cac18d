import NIOCore

/// Stops accepting connections for a moment when the process has no file descriptors left.
///
/// SwiftNIO's `AcceptBackoffHandler` holds reads back, but leaves the listener registered, so the loop would wake up
/// continuously without accepting a connection.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let duration = TimeAmount.milliseconds(200)
    private var isPaused = false

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        guard !isPaused else { return }
        isPaused = true
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.duration) {
            bound.value.isPaused = false
            channel.setOption(.autoRead, value: true).whenComplete { _ in }
        }
    }
}
