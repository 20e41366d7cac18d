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

    /// How many bytes of further requests may wait, while one is answered, before reading stops.
    ///
    /// One read more can wait; behind the end of the peer's input, what the operating system holds of the socket: SwiftNIO
    /// reads that at once.
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
    @exclusivity(unchecked) var machine: HTTPExchangeStateMachine
    @exclusivity(unchecked) var parser: HTTPRequestParser
    @exclusivity(unchecked) var input = ByteBuffer()
    @exclusivity(unchecked) var context: ChannelHandlerContext?
    /// The request being answered, if any.
    @exclusivity(unchecked) var exchange: HTTPExchange?
    /// What takes part in ``exchange``.
    @exclusivity(unchecked) var parts = HTTPExchangeParts()
    /// How many requests were begun; a Flash movie asks before anything else.
    @exclusivity(unchecked) var exchangeCount = 0
    @exclusivity(unchecked) var bodyReader: HTTPBodyReader?
    @exclusivity(unchecked) var output: ByteBuffer?
    @exclusivity(unchecked) var isInReadBurst = false
    @exclusivity(unchecked) var isProcessing = false
    @exclusivity(unchecked) var hasPendingRead = false
    /// The parts of files that are being sent; nil before the first one.
    @exclusivity(unchecked) var regions: FileRegionWatch?

    /// What can't be read, while that is answered.
    var refusal = HTTPParseError.bad("")
    /// What waited to be sent when the write deadline was set.
    var unsentBytes = 0
    let deadlines: ConnectionDeadlines

    init(server: HTTPServerShared, loop: LoopContext) {
        self.server = server
        self.loop = loop
        machine = HTTPExchangeStateMachine(
            drainLength: server.limits.drainLength,
            bodyProgress: server.limits.bodyProgress
        )
        parser = HTTPRequestParser(limits: server.limits)
        deadlines = ConnectionDeadlines(server.limits)
    }

    private var hasUpgraded: Bool { machine.state == .upgraded }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = Peer(address: context.remoteAddress)
        handle(.opened)
        // Last, because a server that is stopping closes the connection in here.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.remove(self)
        deadlines.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard machine.takesInput else { return }
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
        // Requests may wait in the buffer for the peer to take the answers to those before them.
        handle(.writabilityChanged(isWritable: isWritable, current: deadlines.current))
        if isWritable { parts.stream?.becameWritable() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { handle(.inputClosed) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        handle(.inactive)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        server.logger.debug("a connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }
}

extension HTTPConnectionHandler: RemovableChannelHandler {}

extension HTTPConnectionHandler {
    typealias InboundOut = ByteBuffer
}
