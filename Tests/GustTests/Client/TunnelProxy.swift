import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy on a free port of this machine, which opens tunnels (`CONNECT`) to one server, whatever name it is asked for.
final class TunnelProxy: Sendable {
    /// What the proxy does with a request.
    enum Behaviour: Sendable {
        /// It opens the tunnel.
        case tunnels
        /// It opens the tunnel if the field `Proxy-Authorization` has this value.
        case demands(String)
        /// It answers these bytes, and nothing more.
        case answers(String)
        /// It closes the connection without an answer.
        case closes
        /// It sends a head without an end.
        case floods
    }

    private let server: Int
    private let behaviour: Behaviour
    private let heads = Mutex<[String]>([])

    private init(_ behaviour: Behaviour, server: Int) {
        self.behaviour = behaviour
        self.server = server
    }

    /// The heads of all requests.
    var requests: [String] { heads.withLock { $0 } }

    /// Runs a proxy to the server on a port while `body` runs, which gets the proxy and its port.
    static func run(
        _ behaviour: Behaviour,
        to server: Int,
        _ body: (TunnelProxy, Int) async throws -> Void
    ) async throws {
        let proxy = TunnelProxy(behaviour, server: server)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Requests(proxy))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(proxy, listener.localAddress?.port ?? 0))
        } catch {
            outcome = .failure(error)
        }
        try await listener.close()
        return try outcome.get()
    }

    /// Reads the head of a request, and answers it.
    private final class Requests: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let proxy: TunnelProxy
        private var received = ByteBuffer()

        init(_ proxy: TunnelProxy) { self.proxy = proxy }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.writeImmutableBuffer(unwrapInboundIn(data))
            let head = String(buffer: received)
            guard head.hasSuffix("\r\n\r\n") else { return }
            proxy.heads.withLock { $0.append(head) }
            switch proxy.behaviour {
            case .tunnels: openTunnel(context)
            case .demands(let value):
                guard head.contains("\r\nProxy-Authorization: \(value)\r\n") else {
                    return answer("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", context)
                }
                openTunnel(context)
            case .answers(let text): answer(text, context)
            case .closes: context.close(promise: nil)
            case .floods: answer(String(repeating: "X: yyyyyyyyyyyy\r\n", count: 10_000), context)
            }
        }

        private func answer(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        private func openTunnel(_ context: ChannelHandlerContext) {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            let channel = context.channel
            ClientBootstrap(group: context.eventLoop)
                .channelInitializer { server in
                    server.eventLoop.makeCompletedFuture {
                        try server.pipeline.syncOperations.addHandler(Tunnel(to: channel))
                    }
                }
                .connect(host: "127.0.0.1", port: proxy.server)
                .whenComplete { outcome in
                    let (handler, context) = bound.value
                    switch outcome {
                    case .failure: handler.answer("HTTP/1.1 502 Bad Gateway\r\n\r\n", context)
                    case .success(let server):
                        do {
                            try context.pipeline.syncOperations.addHandler(Tunnel(to: server))
                            handler.answer("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n", context)
                            context.pipeline.syncOperations.removeHandler(handler, promise: nil)
                        } catch {
                            context.close(promise: nil)
                        }
                    }
                }
        }
    }

    /// Hands what one end sends to the other.
    private final class Tunnel: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel

        init(to other: any Channel) { self.other = other }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
