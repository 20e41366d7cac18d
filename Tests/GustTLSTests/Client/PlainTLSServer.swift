#if TLS
import NIOCore
import NIOPosix
import NIOSSL

/// A server on a free port whose connections are only accepted, for certificates with which GustTLS doesn't start.
enum PlainTLSServer {
    /// Runs a server with a certificate of the tests, or without TLS, while `body` runs, which gets the port.
    static func run(_ certificate: String?, _ body: (Int) async throws -> Void) async throws {
        let context = try certificate.map { name in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(TestFiles.path("\(name).pem")).map {
                        .certificate($0)
                    },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: TestFiles.path("\(name).key"), format: .pem))
                )
            )
        }
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Refusal())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(server.localAddress?.port ?? 0)) } catch { outcome = .failure(error) }
        try await server.close()
        try outcome.get()
    }

    /// Answers the first bytes.
    private final class Refusal: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
#endif
