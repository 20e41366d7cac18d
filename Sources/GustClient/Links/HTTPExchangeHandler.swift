import NIOCore
import NIOHTTP1

/// One keep-alive connection for requests, one after the other (RFC 9112): tells the owner the parts of each response.
///
/// Used on the loop of its channel.
final class HTTPExchangeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// What the owner is told.
    enum Event {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
        /// The end of the response, and whether the connection can be used again.
        case end(isReusable: Bool)
        /// The connection has ended or failed; nothing follows.
        case closed(ClientError)
    }

    private let tell: (Event) -> Void
    private var context: ChannelHandlerContext?
    private var waiting: (HTTPRequestHead, ByteBuffer?)?
    private var isReusable = true
    private var hasEnded = false
    /// Whether a response is being received.
    private(set) var isBusy = false

    init(_ tell: @escaping (Event) -> Void) { self.tell = tell }

    /// The handlers of a connection for requests.
    static func add(_ handler: HTTPExchangeHandler, to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandlers(
            HTTPRequestEncoder(),
            ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)),
            handler
        )
    }

    /// Whether a request can be sent over the connection.
    var isUsable: Bool { !hasEnded && !isBusy && isReusable }

    /// Sends a request; it waits until the connection is established.
    func send(_ head: HTTPRequestHead, _ body: ByteBuffer?) {
        isBusy = true
        guard let context, context.channel.isActive else {
            waiting = (head, body)
            return
        }
        write(head, body, context)
    }

    /// Cuts the connection; the owner isn't told.
    func abort() {
        hasEnded = true
        context?.close(promise: nil)
    }

    /// Stops or resumes reading, as back-pressure for a streamed response.
    func setReading(_ isReading: Bool) {
        guard let context else { return }
        // A channel that has just ended refuses options, and reads nothing anyway.
        context.channel.setOption(.autoRead, value: isReading).whenFailure { _ in }
        if isReading { context.read() }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { sendWaiting(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        sendWaiting(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            // An interim response is followed by the final one (RFC 9110 §15.2).
            guard head.status.code >= 200 || head.status == .switchingProtocols else { return }
            isReusable = head.isKeepAlive
            tell(.head(head))
        case .body(let body): tell(.body(body))
        case .end:
            guard isBusy else { return }
            isBusy = false
            tell(.end(isReusable: isReusable))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.transportClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(ClientError(exchanging: error))
        context.close(promise: nil)
    }

    private func sendWaiting(_ context: ChannelHandlerContext) {
        guard let (head, body) = waiting else { return }
        waiting = nil
        write(head, body, context)
    }

    private func write(_ head: HTTPRequestHead, _ body: ByteBuffer?, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func end(_ error: ClientError) {
        guard !hasEnded else { return }
        hasEnded = true
        tell(.closed(error))
    }
}
