import NIOCore

/// Asks a proxy for a tunnel (RFC 9110 §9.3.6), and leaves the pipeline when it is open.
///
/// The time is bounded by the attempt to connect, the response's head by ``maximumHead``.
final class ProxyTunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let maximumHead = 16_384

    private let request: ByteBuffer
    private let promise: EventLoopPromise<Void>
    private var received = ByteBuffer()
    private var isDone = false

    /// Whether the tunnel is open.
    var outcome: EventLoopFuture<Void> { promise.futureResult }

    init(authority: String, authorization: String?, _ eventLoop: any EventLoop) {
        let credentials = authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? ""
        request = ByteBuffer(string: "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\(credentials)\r\n")
        promise = eventLoop.makePromise()
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end(.failure(ClientError.transportClosed)) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        received.writeImmutableBuffer(unwrapInboundIn(data))
        guard let end = received.readableBytesView.firstRange(of: "\r\n\r\n".utf8) else {
            guard received.readableBytes <= Self.maximumHead else {
                return fail(context, "the proxy's response is too long")
            }
            return
        }
        let head = received.readSlice(length: end.upperBound - received.readerIndex) ?? ByteBuffer()
        let line = head.readableBytesView.prefix { $0 != 0x0D }
        let words = line.split(separator: 0x20, maxSplits: 2)
        guard words.count >= 2, words[0].starts(with: "HTTP/1.".utf8), words[1].elementsEqual("200".utf8) else {
            return fail(context, "the proxy refused the tunnel: \(String(decoding: line.prefix(200), as: UTF8.self))")
        }
        isDone = true
        let rest = received
        received = ByteBuffer()
        promise.succeed()
        // Bytes that the server has sent at once; the handlers behind this one have been added by the promise.
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(ClientError.connectionFailed("the proxy closed the connection")))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(error))
        context.fireErrorCaught(error)
    }

    private func fail(_ context: ChannelHandlerContext, _ reason: String) {
        end(.failure(ClientError.connectionFailed(reason)))
        context.close(promise: nil)
    }

    private func end(_ result: Result<Void, any Error>) {
        guard !isDone else { return }
        isDone = true
        promise.completeWith(result)
    }
}
