#if TLS
import Gust
import GustServing
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import GustTLS

/// Listeners with and without TLS of one application.
@Suite struct ServingTests {
    private static let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    /// Serves an application that answers with the address of the client and whether the request is secure.
    private func serve(
        _ listeners: [Listener],
        _ body: @Sendable ([SocketAddress]) async throws -> Void
    ) async throws {
        var app = Application(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        app.get("/") { "\($0.peer.address?.ipAddress ?? "-") \($0.isSecure)" }
        let (addresses, continuation) = AsyncStream.makeStream(of: [SocketAddress].self)
        var settings = ServingSettings()
        settings.server.loops = 1
        settings.onListening = { continuation.yield($0) }
        let application = app
        let configured = settings
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await application.run(on: listeners, configured) }
            var iterator = addresses.makeAsyncIterator()
            try await body(try #require(await iterator.next()))
            tasks.cancelAll()
        }
    }

    @Test func `one application is served with and without TLS, and only TLS is announced as strict`() async throws {
        var tls = TestFiles.settings()
        tls.strictTransportSecurity = .seconds(60)
        try await serve([.tcp("127.0.0.1", 0).tls(tls), .tcp("127.0.0.1", 0)]) { addresses async throws in
            let secure = try await SecureServer.exchange(Self.request, with: addresses[0])
            #expect(secure.hasSuffix("\r\n\r\n127.0.0.1 true"))
            #expect(secure.contains("Strict-Transport-Security: max-age=60\r\n"))
            let plain = try await SecureServer.exchange(Self.request, with: addresses[1], isSecure: false)
            #expect(plain.hasSuffix("\r\n\r\n127.0.0.1 false"))
            #expect(!plain.contains("Strict-Transport-Security"))
        }
    }

    @Test func `a PROXY header comes before TLS and names the client`() async throws {
        try await serve([.tcp("127.0.0.1", 0).tls(TestFiles.settings()).behindProxies(["127.0.0.1"])]) {
            addresses async throws in
            let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
            let tls = try NIOSSLContext(configuration: try TestFiles.client())
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(to: addresses[0]).get()
            try await client.writeAndFlush(ByteBuffer(string: "PROXY TCP6 2001:db8::1 ::1 1 443\r\n")).get()
            try await client.eventLoop.submit {
                try client.pipeline.syncOperations.addHandlers([
                    try NIOSSLClientHandler(context: tls, serverHostname: "localhost"), Text(received),
                ])
            }.get()
            try await client.writeAndFlush(ByteBuffer(string: Self.request)).get()
            #expect(try await received.futureResult.get().hasSuffix("\r\n\r\n2001:db8::1 true"))
        }
    }

    /// Collects the bytes until the end of the connection.
    private final class Text: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let received: EventLoopPromise<String>
        private var text = ""

        init(_ received: EventLoopPromise<String>) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelInactive(context: ChannelHandlerContext) { received.succeed(text) }
    }
}
#endif
