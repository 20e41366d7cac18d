import NIOCore
import NIOPosix
import Testing

@testable import GustClient

/// Channels to a server, through proxies that misbehave: over TCP, because the dialer makes sockets.
@Suite(.timeLimit(.minutes(1))) struct DialerTests {
    /// A proxy that answers with given bytes, and tells when a connection has ended.
    private final class ProxyEnd: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let answer: String
        private let ended: EventLoopPromise<Void>

        init(_ answer: String, _ ended: EventLoopPromise<Void>) {
            self.answer = answer
            self.ended = ended
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(NIOAny(ByteBuffer(string: answer)), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { ended.succeed() }
    }

    /// The error of a client whose proxy gives an answer; the connection to the proxy must have ended.
    private func failure(_ answer: String, within time: TimeAmount) async throws -> (any Error)? {
        let group = MultiThreadedEventLoopGroup.singleton
        let loop = group.next()
        let ended = loop.makePromise(of: Void.self)
        let proxy = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyEnd(answer, ended))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        var settings = ClientSettings()
        settings.proxy = .url("http://127.0.0.1:\(proxy.localAddress?.port ?? 0)")
        let dialer = ServerDialer(settings) { _ in nil }
        let server = try ServerURL("http://example.invalid")
        var error: (any Error)?
        do {
            let channel = try await loop.flatSubmit { dialer.dial(server, loop, time) { _ in } }.get()
            channel.close(promise: nil)
        } catch let thrown {
            error = thrown
        }
        try await ended.futureResult.get()
        try await proxy.close()
        return error
    }

    @Test func `a proxy that is silent loses its connection after the time of an attempt`() async throws {
        // Long enough for the proxy to accept the connection on a busy machine; otherwise there is nothing that could end.
        let error = try await failure("", within: .seconds(2))
        guard case .connectTimeout(.seconds(2)) = error as? ChannelError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a proxy that refuses the tunnel is a named error`() async throws {
        let error = try await failure("HTTP/1.1 407 Who are you\r\n\r\n", within: .seconds(20))
        #expect(
            error as? ClientError
                == .connectionFailed("the proxy refused the tunnel: HTTP/1.1 407 Who are you")
        )
    }

    @Test(arguments: ["garbage\r\n\r\n", "HTTP/1.1\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 200\u{301} OK\r\n\r\n"])
    func `a response that isn't a proxy's is a refusal`(answer: String) async throws {
        let error = try await failure(answer, within: .seconds(20)) as? ClientError
        #expect(error?.description.contains("the proxy refused the tunnel") == true)
    }

    @Test func `the head of a proxy's response is bounded`() async throws {
        let error = try await failure(String(repeating: "x", count: 100_000), within: .seconds(20))
        #expect(error as? ClientError == .connectionFailed("the proxy's response is too long"))
    }

    @Test func `an accepted tunnel is the channel`() async throws {
        #expect(try await failure("HTTP/1.0 200 Connection established\r\n\r\n", within: .seconds(20)) == nil)
    }
}
