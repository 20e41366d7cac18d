import GustHTTP
import HTTPTypes
import Logging
import NIOCore

/// One HTTP/1.1 connection: parses the received bytes, calls the handler with each request, and writes the responses in order.
///
/// One request is answered at a time. Pipelined requests wait in the buffer, and reading stops when the buffer is full. All
/// responses of one read burst are sent in one write at its end.
final class HTTPConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// The number of bytes of pipelined requests that may wait while a request is answered before reading stops.
    ///
    /// The bytes of one further read may be added. At the end of the peer's input, SwiftNIO reads all bytes that the operating
    /// system holds for the socket at once.
    static let maximumPipelined = 64 * 1_024
    /// Bodies up to this length, in bytes, are copied into the buffer of the head; longer bodies are written without a copy.
    static let maximumCopied = 16 * 1_024
    /// How many bytes of output are collected in one read burst before they are written.
    static let maximumCollected = 64 * 1_024

    let server: HTTPServerShared
    let loop: LoopContext
    /// Whether the connection is encrypted.
    let isSecure: Bool
    /// What all requests of the connection have in common.
    @exclusivity(unchecked) var origin: RequestOrigin
    /// Reads the parts of files for an encrypted connection; nil if the operating system sends them.
    let fileReading: FileRegionReadingHandler?
    /// The address of the client that a proxy has named; nil if the peer is the client.
    let clientAddress: SocketAddress?
    // The properties below are used for every request. Their exclusivity isn't checked at run time: each use is a load, a store, or
    // a call into a value that makes no calls to this object (parser, body reader, buffers), so no two uses overlap on the loop.
    @exclusivity(unchecked) var machine: HTTPExchangeStateMachine
    @exclusivity(unchecked) var parser: HTTPRequestParser
    @exclusivity(unchecked) var input = ByteBuffer()
    @exclusivity(unchecked) var context: ChannelHandlerContext?
    /// The request being answered, if any.
    @exclusivity(unchecked) var exchange: HTTPExchange?
    /// The objects that belong to ``exchange``.
    @exclusivity(unchecked) var parts = HTTPExchangeParts()
    /// How many requests were begun; a Flash policy request is accepted only before the first.
    @exclusivity(unchecked) var exchangeCount = 0
    @exclusivity(unchecked) var bodyReader: HTTPBodyReader?
    @exclusivity(unchecked) var output: ByteBuffer?
    @exclusivity(unchecked) var isInReadBurst = false
    @exclusivity(unchecked) var isProcessing = false
    @exclusivity(unchecked) var hasPendingRead = false
    /// Called when the output that was written before has been handed to the operating system.
    @exclusivity(unchecked) var confirmations = Confirmations()
    /// Whether less than the high water mark of the channel is buffered.
    @exclusivity(unchecked) var isChannelWritable = true
    /// The socket of the channel, if output is written past the channel; nil if other handlers change what is written.
    @exclusivity(unchecked) var socket: ChannelSocket?
    /// Whether the channel may hold output, which must be sent before any other.
    @exclusivity(unchecked) var channelMayHoldOutput = false
    /// The options of the channel, kept here because making them costs as much as reading one.
    @exclusivity(unchecked) var options: (any NIOSynchronousChannelOptions)?
    /// The parts of files that are being sent; nil before the first one.
    @exclusivity(unchecked) var regions: FileRegionWatch?

    /// The error of the request that is being refused.
    var refusal = HTTPParseError.bad("")
    /// How many bytes were unsent when the write deadline was set.
    var unsentBytes = 0
    let deadlines: ConnectionDeadlines

    init(
        server: HTTPServerShared,
        loop: LoopContext,
        isSecure: Bool = false,
        storage: RequestStorage = RequestStorage(),
        fileReading: FileRegionReadingHandler? = nil,
        clientAddress: SocketAddress? = nil
    ) {
        self.clientAddress = clientAddress
        self.server = server
        self.loop = loop
        self.isSecure = isSecure
        origin = RequestOrigin(storage: storage, executor: loop.executor)
        self.fileReading = fileReading
        machine = HTTPExchangeStateMachine(
            drainLength: server.limits.drainLength,
            bodyProgress: server.limits.bodyProgress
        )
        parser = HTTPRequestParser(limits: server.limits, isSecure: isSecure, knownHost: loop.knownHost)
        deadlines = ConnectionDeadlines(server.timeouts)
    }

    private var hasUpgraded: Bool { machine.state == .upgraded }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isChannelWritable = context.channel.isWritable
        options = context.channel.syncOptions
        if !isSecure { socket = loop.sockets.socket(of: context.channel) }
        notePeer(context)
        handle(.opened)
        // This call is the last, because it closes the connection if the server is shutting down.
        loop.add(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        // An accepted channel has had its address from the beginning; another one has it from now on.
        if origin.peer.address == nil { notePeer(context) }
        context.fireChannelActive()
    }

    private func notePeer(_ context: ChannelHandlerContext) {
        origin = RequestOrigin(
            // The address that the channel keeps: the context would ask the operating system for another copy.
            peer: Peer(address: clientAddress ?? context.channel.remoteAddress, isSecure: isSecure),
            storage: origin.storage,
            executor: loop.executor
        )
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.remove(self)
        deadlines.cancel()
        isChannelWritable = false
        self.context = nil
        socket = nil
        options = nil
        endConfirmations(with: false)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard machine.takesInput else { return }
        let buffer = unwrapInboundIn(data)
        var bytes = buffer
        isInReadBurst = true
        input.append(read: &bytes)
        process()
        loop.giveBack(read: buffer)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Without bytes, this is the end of the input, and nothing waits: output outside of a burst is flushed at once. A flush
        // that fails here would close the channel inside SwiftNIO's half-closure, which asserts that the channel is open.
        if isInReadBurst {
            isInReadBurst = false
            flushOutput()
            if let socket, shouldRead { socket.requestRead() }
        }
        if hasUpgraded { context.fireChannelReadComplete() }
    }

    func read(context: ChannelHandlerContext) {
        if shouldRead { context.read() } else { hasPendingRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isChannelWritable = context.channel.isWritable
        let isWritable = isWritable
        // Pipelined requests may wait in the buffer until the peer has read the responses before them.
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
