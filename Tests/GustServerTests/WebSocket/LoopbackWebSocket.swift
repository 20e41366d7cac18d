import NIOCore
import NIOPosix

/// A client of a WebSocket over a real connection, which reads bytes without parsing them.
struct LoopbackWebSocket {
    let channel: any Channel
    let received: EventLoopFuture<ByteBuffer>

    /// Connects with a small receive buffer, and completes the handshake.
    init(to address: SocketAddress, awaiting count: Int) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let opened = loop.makePromise(of: Void.self)
        let complete = loop.makePromise(of: ByteBuffer.self)
        received = complete.futureResult
        channel = try await ClientBootstrap(group: loop)
            .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HandshakeCollector(opened, complete, count))
                }
            }
            .connect(to: address).get()
        let head = """
            GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
            """
        try await channel.writeAndFlush(ByteBuffer(string: head))
        try await opened.futureResult.get()
    }

    /// Sends a masked text frame with `x` (RFC 6455 §5.2); the masking key is four zero bytes.
    func send() async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: [0x81, 0x81, 0, 0, 0, 0, 0x78]))
    }
}

/// Collects what is received behind the head of the handshake, and completes a promise once `count` bytes have come.
private final class HandshakeCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let opened: EventLoopPromise<Void>
    private let complete: EventLoopPromise<ByteBuffer>
    private let count: Int
    private var bytes = ByteBuffer()
    private var isOpen = false

    init(_ opened: EventLoopPromise<Void>, _ complete: EventLoopPromise<ByteBuffer>, _ count: Int) {
        self.opened = opened
        self.complete = complete
        self.count = count
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes.writeImmutableBuffer(unwrapInboundIn(data))
        if !isOpen, let end = bytes.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) {
            isOpen = true
            bytes.moveReaderIndex(to: end.upperBound)
            opened.succeed()
        }
        if isOpen, bytes.readableBytes >= count { complete.succeed(bytes) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        opened.fail(ChannelError.eof)
        complete.fail(ChannelError.eof)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
