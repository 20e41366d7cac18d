import Dispatch
import GustHTTP
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A peer that resets the connection right after the end of its input (FIN, then RST), over real connections.
@Suite struct WebSocketResetTests {
    /// What the receivers of the server's WebSockets share with the test.
    private final class Stage: Sendable {
        /// The WebSocket that resets the connection, as the loop's own value.
        let resetting = NIOLockedValueBox<NIOLoopBound<any WebSocketConnection>?>(nil)
        let blocked = DispatchSemaphore(value: 0)
        let released = DispatchSemaphore(value: 0)
        let closures = AsyncStream.makeStream(of: WebSocketClosure.self)

        func upgrade(_ request: Request) -> WebSocketUpgrade {
            let path = request.path
            return WebSocketUpgrade { webSocket in
                let events = WebSocketEvents()
                switch path {
                case "/resetting":
                    let bound = NIOLoopBound(webSocket, eventLoop: webSocket.eventLoop)
                    self.resetting.withLockedValue { $0 = bound }
                    events.onClose = { self.closures.continuation.yield($0) }
                case "/sending":
                    // The message is flushed at the end of the turn of the loop in which the reset is read.
                    events.onText = { _ in self.resetting.withLockedValue { $0 }?.value.send("too late") }
                default:
                    // Blocks the loop, so that it reads all that comes meanwhile in one turn.
                    events.onText = { _ in
                        self.blocked.signal()
                        self.released.wait()
                    }
                }
                return events
            }
        }
    }

    /// Completes a promise with the first bytes that are received.
    private final class FirstRead: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let received: EventLoopPromise<String>

        init(_ received: EventLoopPromise<String>) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.succeed(String(buffer: unwrapInboundIn(data)))
        }

        func channelInactive(context: ChannelHandlerContext) { received.fail(ChannelError.eof) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// Connects and completes the handshake of a WebSocket.
    private func open(_ path: String, at address: SocketAddress) async throws -> any Channel {
        let received = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FirstRead(received))
                }
            }
            .connect(to: address).get()
        // A linger time of zero makes `close` reset the connection.
        let socket = try #require(client as? any SocketOptionProvider)
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        let head = """
            GET \(path) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
            """
        try await client.writeAndFlush(ByteBuffer(string: head))
        let answer = try await received.futureResult.get()
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        return client
    }

    /// A masked text frame with `x` (RFC 6455 §5.2); the masking key is four zero bytes.
    private static let text = ByteBuffer(bytes: [0x81, 0x81, 0, 0, 0, 0, 0x78])

    @Test func `a reset while output waits for the end of the turn closes the WebSocket only`() async throws {
        let stage = Stage()
        let handler = ImmediateHandler { request in
            Response(status: .switchingProtocols, body: .upgrade(stage.upgrade(request)))
        }
        try await LocalServer.run(handler) { address in
            let blocking = try await open("/blocking", at: address)
            let sending = try await open("/sending", at: address)
            let resetting = try await open("/resetting", at: address)

            try await blocking.writeAndFlush(Self.text)
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    stage.blocked.wait()
                    continuation.resume()
                }
            }
            try await sending.writeAndFlush(Self.text)
            try await resetting.close(mode: .output)
            try await resetting.close()
            stage.released.signal()

            var closures = stage.closures.stream.makeAsyncIterator()
            let closure = try #require(await closures.next())
            #expect(!closure.isClean)
            // The server is alive.
            try await open("/sending", at: address).close()
            try await sending.close()
            try await blocking.close()
        }
    }
}
