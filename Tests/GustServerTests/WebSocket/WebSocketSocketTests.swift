import GustHTTP
import HTTPTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import GustServer

/// Messages that the server writes to sockets past their channels, over real connections.
@Suite struct WebSocketSocketTests {
    /// The WebSockets of the server, used on its loop.
    private final class Stage: Sendable {
        let webSockets = NIOLockedValueBox<[NIOLoopBound<any WebSocketConnection>]>([])

        var all: [any WebSocketConnection] { webSockets.withLockedValue { $0 }.map(\.value) }

        func handler(_ respond: @escaping @Sendable (Stage) -> Void) -> ImmediateHandler {
            ImmediateHandler { _ in
                let upgrade = WebSocketUpgrade { webSocket in
                    let bound = NIOLoopBound(webSocket, eventLoop: webSocket.eventLoop)
                    self.webSockets.withLockedValue { $0.append(bound) }
                    let events = WebSocketEvents()
                    events.onText = { _ in respond(self) }
                    return events
                }
                return Response(status: .switchingProtocols, body: .upgrade(upgrade))
            }
        }
    }

    /// Collects what is received behind the head of the handshake, and completes a promise once `count` bytes have come.
    private final class Collector: ChannelInboundHandler {
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

    private struct Client {
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
                        try channel.pipeline.syncOperations.addHandler(Collector(opened, complete, count))
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

    /// The text of message `number`, 100 bytes long.
    private static func text(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 100 - digits.utf8.count) + digits
    }

    @Test func `messages arrive in order although the socket takes only a part of them at once`() async throws {
        let count = 60_000
        let stage = Stage()
        let (sent, continuation) = AsyncStream.makeStream(of: Bool.self)
        let handler = stage.handler { stage in
            guard let webSocket = stage.all.first else { return }
            // Each message is flushed by itself, so the socket refuses one in the middle; later ones wait in the channel.
            for number in 0..<count {
                if number % 2 == 0 {
                    webSocket.send(PreparedMessage(text: ByteBuffer(string: Self.text(number))))
                } else {
                    webSocket.send(text: ByteBuffer(string: Self.text(number)))
                }
                webSocket.flush()
            }
            continuation.yield(webSocket.bufferedBytes > 0)
        }
        try await LocalServer.run(handler) { address in
            let client = try await Client(to: address, awaiting: count * 102)
            try await client.channel.setOption(.autoRead, value: false).get()
            try await client.send()
            var iterator = sent.makeAsyncIterator()
            #expect(await iterator.next() == true, "bytes waited in the channel")
            try await client.channel.setOption(.autoRead, value: true).get()
            var received = try await client.received.get()
            for number in 0..<count {
                let header = received.readBytes(length: 2)
                let text = received.readString(length: 100)
                guard header == [0x81, 100], text == Self.text(number) else {
                    Issue.record("message \(number) is \(text ?? "missing")")
                    break
                }
            }
            try await client.channel.close()
        }
    }

    @Test func `a message for many WebSockets reaches all of them, although the loop reads meanwhile`() async throws {
        let stage = Stage()
        let handler = stage.handler { stage in
            let message = PreparedMessage(text: ByteBuffer(string: Self.text(7)))
            for webSocket in stage.all { webSocket.send(message) }
            for webSocket in stage.all { webSocket.send("end") }
        }
        try await LocalServer.run(handler) { address in
            var clients: [Client] = []
            for _ in 0..<200 { clients.append(try await Client(to: address, awaiting: 102 + 5)) }
            try await clients[0].send()
            for client in clients {
                let received = try await client.received.get()
                #expect(
                    Array(buffer: received) == [0x81, 100] + Array(Self.text(7).utf8) + [0x81, 3] + Array("end".utf8)
                )
            }
            for client in clients { try await client.channel.close() }
        }
    }
}
