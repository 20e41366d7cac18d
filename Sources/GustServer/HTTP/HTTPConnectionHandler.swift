import GustHTTP
import HTTPTypes
import Logging
import NIOCore

/// One HTTP/1.1 connection: bytes in, requests to the handler, answers out in order.
///
/// One request is answered at a time; those behind it wait in the buffer, and reading stops when they fill it. What is
/// answered during a read burst leaves in one write at its end.
final class HTTPConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// The most bytes of further requests that wait while one is answered.
    static let maximumPipelined = 64 * 1_024
    /// Bodies up to this length are copied behind their head; longer ones are written as they are.
    static let maximumCopied = 16 * 1_024
    /// How much output of one read burst is collected before it is written.
    static let maximumCollected = 64 * 1_024

    let server: HTTPServerShared
    let loop: LoopContext
    var peer = Peer()
    // What follows is touched for every request. Exclusivity needn't be checked at run time: each use is a load, a store, or
    // a call into a value that calls nobody back (parser, body reader, buffers), so no two can overlap on the one loop.
    @exclusivity(unchecked) var parser: HTTPRequestParser
    @exclusivity(unchecked) var input = ByteBuffer()
    @exclusivity(unchecked) var context: ChannelHandlerContext?
    /// The request being answered, if any.
    @exclusivity(unchecked) var exchange: HTTPExchange?
    @exclusivity(unchecked) var bodyReader: HTTPBodyReader?
    @exclusivity(unchecked) var output: ByteBuffer?
    @exclusivity(unchecked) var isInReadBurst = false
    @exclusivity(unchecked) var isProcessing = false
    @exclusivity(unchecked) var hasPendingRead = false
    @exclusivity(unchecked) var isClosing = false
    /// Whether the last answer was sent and what the peer still sends is thrown away.
    @exclusivity(unchecked) var isLingering = false
    @exclusivity(unchecked) var hasUpgraded = false
    /// Whether a request was begun: a Flash movie asks before anything else.
    @exclusivity(unchecked) var hasBegun = false

    /// How much of the body may still be thrown away; nil while somebody may read it.
    var drainRemaining: Int?
    var wantsBody = true
    /// How much of the body came since its deadline was set.
    var bodyProgress = 0
    var hasClosedOutput = false
    /// Whether the peer may still be sending when the last answer is.
    var lingersAtEnd = false
    /// What waited to be sent when the write deadline was set.
    var unsentBytes = 0
    let deadlines: ConnectionDeadlines
    /// The parts of files that are being sent; nil before the first one.
    @exclusivity(unchecked) var regions: FileRegionWatch?
    /// Whether the channel has ended.
    @exclusivity(unchecked) var isOver = false

    init(server: HTTPServerShared, loop: LoopContext) {
        self.server = server
        self.loop = loop
        parser = HTTPRequestParser(limits: server.limits)
        deadlines = ConnectionDeadlines(server.limits)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = Peer(address: context.remoteAddress)
        expect(.request)
        // Last, because a server that is stopping closes the connection in here.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.remove(self)
        deadlines.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        var bytes = unwrapInboundIn(data)
        isInReadBurst = true
        input.append(read: &bytes)
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadBurst = false
        flushOutput()
        if hasUpgraded { context.fireChannelReadComplete() }
    }

    func read(context: ChannelHandlerContext) {
        if shouldRead { context.read() } else { hasPendingRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        if !isWritable {
            expectWrite()
        } else if deadlines.current == .write, !hasClosedOutput {
            deadlines.end(.write)
            if exchange == nil { expect(.request) } else if bodyReader != nil, wantsBody { expect(.body) }
        }
        if isWritable {
            exchange?.stream?.becameWritable()
            // Requests may wait in the buffer for the peer to take the answers to those before them.
            process()
            resumeReading()
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        peerLeft()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        server.logger.debug("a connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func peerLeft() {
        isOver = true
        isClosing = true
        deadlines.cancel()
        let exchange = exchange
        self.exchange = nil
        exchange?.body?.receive(.failure(HTTPError(.badRequest, "the connection ended before the body")))
        exchange?.stream?.peerLeft()
        exchange?.task?.cancel()
    }
}

extension HTTPConnectionHandler: RemovableChannelHandler {}

extension HTTPConnectionHandler: ShutdownParticipant {
    func beginShutdown() {
        if let exchange {
            exchange.keepsAlive = false
        } else if !parser.isInsideHead, input.readableBytes == 0 {
            close()
        }
    }
}

extension HTTPConnectionHandler {
    typealias InboundOut = ByteBuffer
}
