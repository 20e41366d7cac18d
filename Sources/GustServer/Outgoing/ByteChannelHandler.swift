import GustHTTP
import NIOCore

/// The channel handler of a connection whose bytes this end doesn't parse: passes them to the receiver, and sends its bytes.
///
/// The connection ends in both directions at once, as a WebSocket does. A peer that reads nothing for the write timeout is aborted.
final class ByteChannelHandler: ChannelDuplexHandler, ByteConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Makes the receiver; set to nil when it is called, because it may keep alive an object that keeps this handler alive.
    private var open: (@Sendable (any ByteConnection) -> any ByteReceiver)?
    /// The loop of a server; nil for a connection that this process has opened.
    private let loop: LoopContext?
    private let writeTimeout: TimeAmount
    private var receiver: (any ByteReceiver)?
    private var context: ChannelHandlerContext?
    private var isPaused = false
    private var hasPendingRead = false
    private var hasEnded = false
    private var isFinishing = false
    private var timer: Scheduled<Void>?

    init(
        _ loop: LoopContext?,
        _ writeTimeout: TimeAmount,
        open: @escaping @Sendable (any ByteConnection) -> any ByteReceiver
    ) {
        self.loop = loop
        self.writeTimeout = writeTimeout
        self.open = open
    }

    /// Makes the receiver; called on the loop once the connection is established.
    ///
    /// - Throws: An error if the connection has already ended; then there is no receiver.
    func begin() throws {
        guard let open, !hasEnded else { throw ChannelError.ioOnClosedChannel }
        self.open = nil
        let receiver = open(self)
        guard !hasEnded else { return receiver.closed() }
        self.receiver = receiver
    }

    // MARK: ByteConnection

    var isWritable: Bool { !hasEnded && !isFinishing && context?.channel.isWritable ?? false }

    func write(_ bytes: ByteBuffer) {
        guard !hasEnded, !isFinishing, let context else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func finish() {
        guard !hasEnded, !isFinishing, let context else { return }
        isFinishing = true
        expectWrite()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.context?.close(promise: nil) }
        // The promise is fulfilled when the bytes before it have been handed to the operating system.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    func abort() {
        guard !hasEnded else { return }
        context?.close(promise: nil)
    }

    func pauseReading() { isPaused = true }

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        guard hasPendingRead else { return }
        hasPendingRead = false
        context?.read()
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard let loop else { return }
        // The connection has been there all the time.
        do { try begin() } catch { return context.close(promise: nil) }
        // This call is the last, because it closes the connection if the server is shutting down.
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard bytes.readableBytes > 0, !isFinishing else { return }
        receiver?.receive(bytes)
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { hasPendingRead = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        if isWritable { cancelTimer() } else { expectWrite() }
        receiver?.writabilityChanged(isWritable: isWritable && !isFinishing)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            // Outside of the event, in which SwiftNIO asserts that the channel stays open.
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            context.eventLoop.execute {
                bound.value.tellReceiver()
                bound.value.finish()
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Usually a reset.
        context.close(promise: nil)
    }

    // MARK: The end

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        cancelTimer()
        loop?.remove(self)
        open = nil
        tellReceiver()
    }

    private func tellReceiver() {
        let receiver = receiver
        self.receiver = nil
        receiver?.closed()
    }

    private func expectWrite() {
        guard timer == nil, !hasEnded, let context else { return }
        let unsentBytes = bufferedBytes
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: writeTimeout) {
            let handler = bound.value
            handler.timer = nil
            // As long as unsent bytes become fewer, the peer is reading.
            if handler.bufferedBytes < unsentBytes { handler.expectWrite() } else { handler.abort() }
        }
    }

    private var bufferedBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        // A channel without this option has no output of its own.
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func cancelTimer() {
        guard !isFinishing || hasEnded else { return }
        timer?.cancel()
        timer = nil
    }
}

extension ByteChannelHandler: ShutdownParticipant {
    func beginShutdown() {
        // The receiver's end is the end of the other connection, so that its server detects the end of this one.
        tellReceiver()
        finish()
    }
}
