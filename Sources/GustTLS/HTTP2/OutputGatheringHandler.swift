#if TLS
import NIOCore

/// Gathers small writes until they are flushed, so that they share records of TLS.
///
/// SwiftNIO writes the header of each frame and its payload separately, and TLS makes a record of each write.
final class OutputGatheringHandler: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer

    /// Longer writes aren't copied: that is the length of a record (RFC 8446 §5.1).
    private static let maximumCopied = 16 * 1_024

    private var context: ChannelHandlerContext?
    private var gathered: ByteBuffer?
    private var promises: [EventLoopPromise<Void>] = []

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Announces the end of the connection, without a last stream: streams that the peer begins before it knows are answered.
    ///
    /// SwiftNIO's handler accepts no new stream after it has sent `GOAWAY` itself, whatever the last stream is, so the frame doesn't pass
    /// through it. Each of its writes ends with a whole frame when this method is called from outside of it (RFC 9113 §6.8).
    func announceEnd() {
        guard let context else { return }
        let frame: [UInt8] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
        write(context: context, data: NIOAny(IOData.byteBuffer(ByteBuffer(bytes: frame))), promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Files are read before they become frames.
        guard case .byteBuffer(let bytes) = unwrapOutboundIn(data) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        if bytes.readableBytes > Self.maximumCopied {
            release(context)
            return context.write(wrapOutboundOut(bytes), promise: promise)
        }
        var buffer = gathered ?? context.channel.allocator.buffer(capacity: 1_024)
        gathered = nil
        buffer.writeImmutableBuffer(bytes)
        if let promise { promises.append(promise) }
        let isLong = buffer.readableBytes >= 4 * Self.maximumCopied
        gathered = buffer
        if isLong { release(context) }
    }

    func flush(context: ChannelHandlerContext) {
        release(context)
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode != .input { release(context) }
        context.close(mode: mode, promise: promise)
    }

    private func release(_ context: ChannelHandlerContext) {
        guard let bytes = gathered else { return }
        gathered = nil
        guard !promises.isEmpty else { return context.write(wrapOutboundOut(bytes), promise: nil) }
        let promises = promises
        self.promises = []
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { result in
            for promise in promises { promise.completeWith(result) }
        }
        context.write(wrapOutboundOut(bytes), promise: promise)
    }
}
#endif
