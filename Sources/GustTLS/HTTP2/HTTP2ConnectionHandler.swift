#if TLS
import GustHTTP
import GustServer
import HTTPTypes
import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2

/// One connection of HTTP/2: makes an exchange of each stream, and carries frames between the exchanges and SwiftNIO.
///
/// SwiftNIO's `NIOHTTP2Handler` before it reads and writes frames, checks them, keeps the windows, and holds back `DATA` frames for which
/// the peer has no room. Streams have no channels of their own: a stream costs its exchange only.
final class HTTP2ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    let start: HTTPConnectionStart
    let storage: RequestStorage
    let frames: HTTP2FrameCounter
    let output: OutputGatheringHandler
    var peer = Peer(isSecure: true)
    var context: ChannelHandlerContext?
    var streams: [Int: HTTPStreamExchange] = [:]
    /// The highest stream that was begun.
    var highestStream = 0
    /// How many requests were begun.
    var requests = 0
    private var windowUpdates = 0
    private var hasSettings = false
    private(set) var isInReadBurst = false
    private var hasPendingRead = false
    /// How many bytes of all bodies wait for their readers.
    var heldBytes = 0
    /// How many bytes of all bodies the peer may still send.
    var window = 65_535
    var ending = Ending.none
    /// Whether the server will stop soon.
    var isDraining = false
    var deadlines = HTTP2Deadlines()
    var timer: Scheduled<Void>?
    var timerEnd = NIODeadline.distantFuture
    /// How many bytes waited for the peer when the deadline of the output began.
    var unsentBytes = 0

    /// How far the end of the connection is.
    enum Ending {
        case none
        /// The peer has been told that the connection ends; requests that it has sent before it knew are still answered.
        case announced
        /// No more requests are answered; the connection is closed when the last stream has ended.
        case draining
        /// The output is closed, and what the peer sends is dropped.
        case lingering
    }

    init(
        _ start: HTTPConnectionStart,
        _ storage: RequestStorage,
        _ frames: HTTP2FrameCounter,
        _ output: OutputGatheringHandler
    ) {
        self.output = output
        self.start = start
        self.storage = storage
        self.frames = frames
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = Peer(address: start.clientAddress ?? context.channel.remoteAddress, isSecure: true)
        wait(until: setHeadDeadline())
        // The window of a connection is small at first, whatever the settings are (RFC 9113 §6.9.2).
        releaseWindow()
        // This call is the last, because it ends the connection if the server is stopping.
        start.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        start.remove(self)
        timer?.cancel()
        timer = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isInReadBurst = true
        guard ending != .lingering else { return }
        let frame = unwrapInboundIn(data)
        let stream = Int(frame.streamID)
        switch frame.payload {
        case .headers(let head): receive(head.headers, endsStream: head.endStream, stream)
        case .data(let data): receive(data, stream)
        case .windowUpdate: countWindowUpdate()
        case .settings(.settings):
            guard !hasSettings else { return }
            hasSettings = true
            deadlines.head = nil
            if streams.isEmpty { beginIdle() }
        case .ping(_, let isAcknowledgement): if isAcknowledgement { drain() }
        case .goAway: if streams.isEmpty { close() } else { ending = .draining }
        case .priority, .rstStream, .settings, .pushPromise, .alternativeService, .origin: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadBurst = false
        context.flush()
    }

    /// Nothing is read while the peer reads nothing: heads of responses aren't under flow control, so they would fill the memory.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable { context.read() } else { hasPendingRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            deadlines.write = nil
            if hasPendingRead {
                hasPendingRead = false
                context.read()
            }
        } else {
            beginWrite()
        }
        for exchange in Array(streams.values) { exchange.connectionWritabilityChanged() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The type is compared first: a cast to another type is much slower, and each frame has an event.
        let type = type(of: event)
        if type == NIOHTTP2WindowUpdatedEvent.self {
            guard let event = event as? NIOHTTP2WindowUpdatedEvent else { return }
            windowChanged(event)
        } else if type == StreamClosedEvent.self {
            guard let event = event as? StreamClosedEvent else { return }
            end(Int(event.streamID))
            // A head or trailers without a body behind them end the stream as they are written. The exchange has let go of this handler by
            // then, so it can't flush them.
            flush()
        } else if type == ChannelEvent.self {
            guard let event = event as? ChannelEvent, event == .inputClosed else { return }
            // A client of HTTP/2 closes its output only with the connection.
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        endAll()
        deadlines = HTTP2Deadlines()
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        start.logger.debug("an error of HTTP/2", metadata: ["error": "\(error)"])
        // After an error of one stream, which SwiftNIO has reset, the connection goes on.
        if error is any NIOHTTP2Error, !frames.hasSentError { return }
        close()
    }

    // MARK: Frames

    private func receive(_ headers: HPACKHeaders, endsStream: Bool, _ stream: Int) {
        if let exchange = streams[stream] {
            // Trailers are dropped: a field in a trailer would bypass the checks of the head. SwiftNIO has checked that they end the stream.
            return exchange.receiveEnd()
        }
        guard ending != .draining else { return reset(.failure, on: stream) }
        highestStream = max(highestStream, stream)
        requests += 1
        deadlines.idle = nil
        if isDraining { announce() }
        let exchange = start.makeExchange(stream, self)
        streams[stream] = exchange
        do throws(HTTPParseError) {
            var reader = HTTPStreamHeadReader(limits: start.limits, isSecure: true)
            for field in headers { try reader.note(field.name, field.value) }
            exchange.receive(try reader.head(hasBody: !endsStream), peer: peer, storage: storage)
        } catch {
            exchange.refuse(error, hasBody: !endsStream)
        }
    }

    private func receive(_ data: HTTP2Frame.FramePayload.Data, _ stream: Int) {
        guard case .byteBuffer(let bytes) = data.data else { return }
        guard let exchange = streams[stream] else { return }
        if bytes.readableBytes > 0 { exchange.receive(bytes) }
        if data.endStream { exchange.receiveEnd() }
    }

    private func countWindowUpdate() {
        windowUpdates += 1
        let allowed =
            HTTP2Bounds.windowUpdatesOfConnection + HTTP2Bounds.windowUpdates * (frames.dataFrames + requests)
        guard windowUpdates > allowed else { return }
        start.logger.debug("too many WINDOW_UPDATE frames")
        close(.enhanceYourCalm)
    }

    // MARK: Ends of streams

    private func end(_ stream: Int) {
        guard let exchange = streams.removeValue(forKey: stream) else { return }
        exchange.ended()
        guard streams.isEmpty else { return }
        switch ending {
        case .none, .announced: beginIdle()
        case .draining: close()
        case .lingering: break
        }
    }

    func endAll() {
        let exchanges = streams.values
        streams = [:]
        for exchange in exchanges { exchange.ended() }
    }
}
#endif
