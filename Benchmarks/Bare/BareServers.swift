import ArgumentParser
import GustFraming
import NIOCore
import NIOPosix

/// Servers with nothing but SwiftNIO: the limits that Gust is compared with.
///
/// They have one event loop and print the port.
///
///     swift run -c release BareServers tcp|frames|hello
@main
struct BareServers: AsyncParsableCommand {
    enum Kind: String, ExpressibleByArgument {
        /// Sends back what it receives.
        case tcp
        /// One handler that accepts any upgrade, and sends back each WebSocket message.
        case frames
        /// Answers each empty line, the end of a request's head, with the same response.
        case hello
    }

    @Argument var kind: Kind
    @Option var port = 0

    func run() async throws {
        let kind = kind
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler: any ChannelHandler =
                        switch kind {
                        case .tcp: TCPEcho()
                        case .frames: FrameEcho()
                        case .hello: CannedHello()
                        }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        print("listening \(channel.localAddress?.port ?? 0)")
        try await channel.closeFuture.get()
    }
}

/// Sends back what it receives.
final class TCPEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
}

/// Answers requests without reading them.
final class CannedHello: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let response = ByteBuffer(
        string: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"
    )

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let ends = bytes.withUnsafeReadableBytes { bytes in
            var count = 0
            var index = 3
            while index < bytes.count {
                if bytes[index] == 0x0A, bytes[index - 2] == 0x0A { count += 1 }
                index += 1
            }
            return count
        }
        for _ in 0..<ends { context.write(wrapOutboundOut(Self.response), promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
}

/// Accepts the upgrade of any request, and sends back each message; the answers of one read are one write.
final class FrameEcho: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var isUpgraded = false
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private var framing = RFC6455Framing(maximumMessageSize: 1 << 20, maximumFragments: 100)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard isUpgraded else { return upgrade(&bytes, context) }
        if input.readableBytes > 0 {
            input.writeBuffer(&bytes)
            swap(&input, &bytes)
        }
        var inputs: [WebSocketInput] = []
        _ = framing.read(&bytes, into: &inputs)
        for item in inputs {
            if case .text(let text) = item { framing.write(.text, text, into: &output) }
        }
        input = bytes.readableBytes > 0 ? ByteBuffer(bytes: bytes.readableBytesView) : ByteBuffer()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard output.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        output = ByteBuffer()
    }

    private func upgrade(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        let head = String(buffer: bytes)
        let name = "Sec-WebSocket-Key: "
        guard let start = head.utf8.firstRange(of: name.utf8)?.upperBound,
            let end = head.utf8[start...].firstIndex(of: 0x0D)
        else { return context.close(promise: nil) }
        let answer = WebSocketKey.answer(to: String(head[start..<end]))
        output.writeString(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(answer)\r\n\r\n"
        )
        isUpgraded = true
    }
}
