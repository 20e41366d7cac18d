#if TLS
import Gust
import GustHTTP
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Testing

@testable import GustServer
@testable import GustTLS

/// A server over TLS on a free port of the loopback interface, which runs for as long as a test uses it.
enum SecureServer {
    /// Starts `application`, calls `body` with the address of https and that of the listener that redirects, and stops it.
    static func run<Output: Sendable>(
        _ application: Application,
        _ settings: TLSSettings = TestFiles.settings(),
        _ body: @Sendable (_ secure: SocketAddress, _ plain: SocketAddress) async throws -> Output
    ) async throws -> Output {
        var application = application
        application.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (addresses, secure) = AsyncStream.makeStream(of: SocketAddress.self)
        let (plainAddresses, plain) = AsyncStream.makeStream(of: SocketAddress.self)
        var configuration = HTTPServer.Configuration(port: 0, loops: 1)
        configuration.onListening = { secure.yield($0) }
        let servers = try application.servers(configuration, settings, redirectingFrom: 0) { plain.yield($0) }
        let services = ServiceGroup(services: [servers.0, servers.1], logger: application.logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Servers that don't start have no addresses, which would be awaited for ever.
                defer { for addresses in [secure, plain] { addresses.finish() } }
                try await services.run()
            }
            var first = addresses.makeAsyncIterator()
            var second = plainAddresses.makeAsyncIterator()
            guard let address = await first.next(), let plainAddress = await second.next() else {
                try await group.waitForAll()
                throw CancellationError()
            }
            let output = try await body(address, plainAddress)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            #expect(servers.0.connectionCount == 0)
            return output
        }
    }

    /// Sends text over a new connection, over TLS if `isSecure`, and returns all bytes until its end, without `Date` fields.
    static func exchange(
        _ text: String,
        with address: SocketAddress,
        isSecure: Bool = true,
        shutsDownOutput: Bool = false
    ) async throws -> String {
        let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
        let tls = try NIOSSLContext(configuration: try TestFiles.client())
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isSecure {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(received))
                }
            }
            .connect(to: address).get()
        client.writeAndFlush(ByteBuffer(string: text), promise: nil)
        if shutsDownOutput { client.close(mode: .output, promise: nil) }
        return String(buffer: try await received.futureResult.get()).replacing(#/Date: [^\r]*\r\n/#, with: "")
    }

    /// Collects the bytes that the server sends until the connection is closed or fails.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let received: EventLoopPromise<ByteBuffer>
        private var bytes = ByteBuffer()

        init(_ received: EventLoopPromise<ByteBuffer>) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var more = unwrapInboundIn(data)
            bytes.writeBuffer(&more)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelInactive(context: ChannelHandlerContext) { received.succeed(bytes) }
    }
}
#endif
