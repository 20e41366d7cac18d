import ArgumentParser
import NIOCore
import NIOPosix

/// Servers with nothing but SwiftNIO: the limits that Gust is compared with.
///
/// They have one event loop and the options of Gust's channels, and print the port.
///
///     swift run -c release BareServers tcp|frames|hello
@main
struct BareServers: AsyncParsableCommand {
    enum Kind: String, ExpressibleByArgument {
        /// Sends back what it receives.
        case tcp
        /// One handler that accepts any upgrade, and sends back each frame of a WebSocket.
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
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 256, initial: 512, maximum: 65_536)
            )
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
