import GustHTTP
import HTTPTypes
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import GustServer

/// The server over real connections: the ends of responses, and shutdown.
@Suite struct HTTPServerTests {
    /// Sends `request` to a server of `handler`, and returns all bytes received until the end of the connection.
    private func exchange(
        _ request: ByteBuffer,
        with handler: any Handler,
        acceptsWebSocketDrafts: Bool = true,
        shutsDownOutput: Bool = false
    ) async throws -> ByteBuffer {
        try await LocalServer.run(handler, acceptsWebSocketDrafts: acceptsWebSocketDrafts) { address in
            let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(received))
                    }
                }
                .connect(to: address).get()
            client.writeAndFlush(request, promise: nil)
            if shutsDownOutput { client.close(mode: .output, promise: nil) }
            return try await received.futureResult.get()
        }
    }

    @Test func `a client that shuts down its sending side reads a late and long response in full`() async throws {
        let length = 16 << 20
        let answer = try await exchange(
            ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
            with: ImmediateHandler { request in
                let eventLoop = request.eventLoop
                return Response(
                    body: .stream { writer in
                        let bound = NIOLoopBound(writer, eventLoop: eventLoop)
                        // After the turn of the loop in which the end of the input is read.
                        eventLoop.scheduleTask(in: .milliseconds(50)) {
                            bound.value.finish(ByteBuffer(repeating: 0x61, count: length))
                        }
                    }
                )
            },
            shutsDownOutput: true
        )
        #expect(answer.readableBytes > 2 * length)
    }

    @Test func `a long response is sent in full before the connection is closed`() async throws {
        let length = 16 << 20
        let answer = try await exchange(
            ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
            with: ImmediateHandler { _ in ByteBuffer(repeating: 0x61, count: length) }
        )
        #expect(answer.readableBytes > length)
    }

    @Test func `an unsupported WebSocket version is answered with the supported versions`() async throws {
        let upgrade = WebSocketUpgrade { webSocket in
            webSocket.abort()
            return WebSocketEvents()
        }
        let answer = try await exchange(
            ByteBuffer(
                string: """
                    GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n
                    """
            ),
            with: ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) },
            acceptsWebSocketDrafts: false
        )
        #expect(String(buffer: answer).hasPrefix("HTTP/1.1 426 "))
        #expect(String(buffer: answer).contains("Sec-WebSocket-Version: 13\r\n"))
    }

    @Test func `the backlog of the configuration is set on the listener`() async throws {
        var configuration = HTTPServer.Configuration(port: 0, loops: 1)
        configuration.backlog = 7
        let server = HTTPServer(ImmediateHandler { _ in "" }, configuration: configuration)
        let listeners = try await server.listen([HTTPListener(.host("127.0.0.1", port: 0))], on: .singleton, [])
        let listener = try #require(listeners.first)
        #expect(try await listener.getOption(.backlog).get() == 7)
        try await listener.close().get()
    }

    @Test func `a client that is still sending its body receives the refusal`() async throws {
        var request = ByteBuffer(string: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n")
        request.writeRepeatingByte(0x61, count: 8 << 20)
        let answer = try await exchange(
            request,
            with: ImmediateHandler { (_) throws -> String in
                throw HTTPError(.contentTooLarge, headers: [.connection: "close"])
            }
        )
        #expect(String(buffer: answer).hasPrefix("HTTP/1.1 413 "))
        #expect(String(buffer: answer).hasSuffix("\r\n\r\nContent Too Large"))
    }

    /// Opens a connection and waits until its one request has been answered.
    private static func idleConnection(to address: SocketAddress) async throws -> any Channel {
        let answered = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FirstRead(answered))
                }
            }
            .connect(to: address).get()
        channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), promise: nil)
        try await answered.futureResult.get()
        return channel
    }

    /// Fulfils a promise at the first read.
    private final class FirstRead: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<Void>

        init(_ promise: EventLoopPromise<Void>) {
            self.promise = promise
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { promise.succeed() }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.ioOnClosedChannel) }
    }

    @Test func `a request in progress is answered during the shutdown`() async throws {
        let (started, continuation) = AsyncStream.makeStream(of: (any EventLoop).self)
        let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
        let writers = Writers()
        let handler = ImmediateHandler { request in
            guard request.path == "/late" else { return Response("at once") }
            let eventLoop = request.eventLoop
            return Response(
                body: .stream { writer in
                    writers.last = writer
                    continuation.yield(eventLoop)
                }
            )
        }
        try await LocalServer.run(handler) { address in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(received))
                    }
                }
                .connect(to: address).get()
            client.writeAndFlush(ByteBuffer(string: "GET /late HTTP/1.1\r\nHost: x\r\n\r\n"), promise: nil)
            var iterator = started.makeAsyncIterator()
            let eventLoop = try #require(await iterator.next())
            // The shutdown begins when this closure returns. All connections of the one loop begin their shutdown in one turn,
            // and an idle connection is closed, so the end of the idle connection shows that the shutdown has begun.
            let idle = try await Self.idleConnection(to: address)
            idle.closeFuture.whenComplete { _ in
                eventLoop.execute {
                    writers.last?.finish(ByteBuffer(string: "late"))
                    writers.last = nil
                }
            }
        }
        let answer = String(buffer: try await received.futureResult.get())
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nlate"))
    }

    @Test func `a connection that is open at the shutdown deadline is closed`() async throws {
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
        let writers = Writers()
        let handler = ImmediateHandler { _ in
            Response(
                body: .stream { writer in
                    writer.onAbort = { writers.last = nil }
                    writers.last = writer
                    continuation.yield()
                }
            )
        }
        // The response never ends, so only the deadline can end the server.
        try await LocalServer.run(handler, shutdownTimeout: .zero) { address in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(received))
                    }
                }
                .connect(to: address).get()
            client.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), promise: nil)
            var iterator = started.makeAsyncIterator()
            _ = await iterator.next()
        }
        #expect(try await received.futureResult.get().readableBytes == 0)
    }

    @Test func `the Flash policy of the configuration is served on the port of the server`() async throws {
        let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
        let policy = try FlashPolicy("<cross-domain-policy/>")
        try await LocalServer.run(ImmediateHandler { _ in "hello" }, flashPolicy: policy) { address in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(received))
                    }
                }
                .connect(to: address).get()
            client.writeAndFlush(ByteBuffer(string: "<policy-file-request/>\0"), promise: nil)
            try await client.closeFuture.get()
        }
        #expect(String(buffer: try await received.futureResult.get()) == "<cross-domain-policy/>\0")
    }

    @Test func `a Unix socket is served, and its stale file is replaced`() async throws {
        let path = "/tmp/gust-\(UInt64.random(in: 0...UInt64.max)).sock"
        for _ in 0..<2 {
            let answer = try await LocalServer.run(ImmediateHandler { _ in "hello" }, at: .unixSocket(path: path)) {
                _ in
                let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: ByteBuffer.self)
                let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Collector(received))
                        }
                    }
                    .connect(unixDomainSocketPath: path).get()
                client.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.0\r\n\r\n"), promise: nil)
                return try await received.futureResult.get()
            }
            #expect(String(buffer: answer).hasSuffix("\r\n\r\nhello"))
        }
    }

    /// The writer of the request in progress.
    ///
    /// `@unchecked Sendable`: used on the server's one loop only.
    private final class Writers: @unchecked Sendable {
        var last: (any ResponseWriter)?
    }
}
