import GustHTTP
import Logging
import NIOCore

/// Reads the header of the PROXY protocol at the beginning of a connection, and begins HTTP or TLS after it.
///
/// The header has a deadline and a bound. A connection whose header is malformed or late is closed, with one line in the log.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let timeout: TimeAmount
    private let loop: LoopContext
    private let logger: Logger
    /// Adds the handlers of the connection; called once, with the address of the client, or nil if the peer's address is kept.
    private var begin: ((SocketAddress?) throws -> Void)?
    private var bytes = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var channel: (any Channel)?

    init(
        _ timeout: Duration,
        _ loop: LoopContext,
        _ logger: Logger,
        begin: @escaping (SocketAddress?) throws -> Void
    ) {
        self.timeout = TimeAmount(timeout)
        self.loop = loop
        self.logger = logger
        self.begin = begin
    }

    func handlerAdded(context: ChannelHandlerContext) {
        channel = context.channel
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            let (handler, context) = bound.value
            handler.refuse("the header took too long", context)
        }
        // This call is the last, because it closes the connection if the server is shutting down.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let begin else { return }
        var more = unwrapInboundIn(data)
        bytes.writeBuffer(&more)
        do throws(ProxyHeaderError) {
            guard let header = try ProxyHeader.read(&bytes) else { return }
            self.begin = nil
            do {
                try begin(header.client)
            } catch {
                logger.debug("a connection behind a proxy can't begin", metadata: ["error": "\(error)"])
                return context.close(promise: nil)
            }
        } catch {
            return refuse(error.description, context)
        }
        let rest = bytes
        bytes = ByteBuffer()
        end()
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard begin != nil, let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        // A check of the proxy whether the port is open sends nothing.
        guard bytes.readableBytes > 0 else { return context.close(promise: nil) }
        refuse("the connection ended inside the header", context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard begin != nil else { return context.fireErrorCaught(error) }
        logger.debug("a connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        guard begin != nil else { return }
        begin = nil
        logger.warning(
            "closed a connection without a valid PROXY header",
            metadata: ["reason": "\(reason)", "proxy": "\(context.remoteAddress?.description ?? "unknown")"]
        )
        context.close(promise: nil)
    }

    private func end() {
        begin = nil
        deadline?.cancel()
        deadline = nil
        loop.remove(self)
        channel = nil
    }
}

extension ProxyHeaderHandler: ShutdownParticipant {
    var awaitsFirstRequest: Bool { true }

    /// A connection whose header hasn't arrived has no request.
    func beginShutdown() { channel?.close(promise: nil) }
}
