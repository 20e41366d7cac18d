import GustHTTP
import NIOCore

/// Replaces the parts of files that an encrypted connection sends by their bytes, because `sendfile` doesn't encrypt.
///
/// A part is read piece by piece, and only while the channel is writable. What is written after the part waits until the part has
/// been read. The handler before this one in the order of writes must stop writing while ``remaining`` isn't 0.
final class FileRegionReadingHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer

    private enum Output {
        case data(IOData, EventLoopPromise<Void>?)
        case close(EventLoopPromise<Void>?)
    }

    private let loop: LoopContext
    /// The part that is being read, without the bytes that have been read.
    private var region: FileRegion?
    private var regionPromise: EventLoopPromise<Void>?
    private var waiting = CircularBuffer<Output>()
    private var isReading = false
    private var isClosed = false

    init(_ loop: LoopContext) {
        self.loop = loop
    }

    /// How many bytes of the present part have not been read.
    var remaining: Int { region?.readableBytes ?? 0 }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let data = unwrapOutboundIn(data)
        guard region == nil else { return waiting.append(.data(data, promise)) }
        write(data, promise, context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, region != nil else {
            isClosed = mode == .all || isClosed
            return context.close(mode: mode, promise: promise)
        }
        waiting.append(.close(promise))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        read(context)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        if !isReading { drop() }
        context.fireChannelInactive()
    }

    private func write(_ data: IOData, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        switch data {
        case .byteBuffer(let bytes): context.write(wrapOutboundOut(bytes), promise: promise)
        case .fileRegion(let region):
            guard region.readableBytes > 0 else {
                return context.write(wrapOutboundOut(ByteBuffer()), promise: promise)
            }
            self.region = region
            regionPromise = promise
            context.fireChannelWritabilityChanged()
            read(context)
        }
    }

    /// Reads the next piece, if the channel has room for it.
    private func read(_ context: ChannelHandlerContext) {
        guard let region, !isReading, !isClosed, context.channel.isWritable else { return }
        isReading = true
        FilePiece.read(region, loop) { [self] bytes in
            isReading = false
            guard !isClosed else { return drop() }
            guard let bytes else {
                isClosed = true
                drop()
                return context.close(promise: nil)
            }
            send(bytes, context)
        }
    }

    private func send(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        region?.moveReaderIndex(forwardBy: bytes.readableBytes)
        guard remaining == 0 else {
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            return read(context)
        }
        let promise = regionPromise
        region = nil
        regionPromise = nil
        context.write(wrapOutboundOut(bytes), promise: promise)
        while region == nil, let output = waiting.popFirst() {
            switch output {
            case .data(let data, let promise): write(data, promise, context)
            case .close(let promise):
                context.flush()
                context.close(mode: .output, promise: promise)
            }
        }
        context.flush()
        if region == nil { context.fireChannelWritabilityChanged() }
    }

    /// Fails what waits, after the last read has ended: until then the owner of the promises keeps the file open.
    private func drop() {
        region = nil
        let promises =
            [regionPromise]
            + waiting.map { output in
                switch output {
                case .data(_, let promise), .close(let promise): promise
                }
            }
        regionPromise = nil
        waiting.removeAll()
        for promise in promises { promise?.fail(ChannelError.ioOnClosedChannel) }
    }
}
