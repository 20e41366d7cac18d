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

    private var gathered: ByteBuffer?
    private var promises: [EventLoopPromise<Void>] = []

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
