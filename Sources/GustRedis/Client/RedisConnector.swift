#if Redis
import NIOCore
import NIOPosix

#if TLS
import NIOSSL
#endif

/// Makes the channels of a client; tests make channels without a network.
struct RedisConnector: Sendable {
    /// Adds the handlers of a channel.
    typealias Setup = @Sendable (any Channel) -> EventLoopFuture<Void>

    let connect: @Sendable (any EventLoop, @escaping Setup) -> EventLoopFuture<any Channel>

    /// Connects by TCP or a Unix socket, and with TLS if the settings say so.
    static func network(_ settings: RedisSettings) -> RedisConnector {
        RedisConnector { eventLoop, setup in
            #if TLS
            if let tls = settings.tls {
                // The files are read for each connection, so that renewed certificates are used; away from the loop.
                let context = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { try tls.context() }
                return context.flatMap { context in
                    open(settings, eventLoop) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            let handler = try NIOSSLClientHandler(
                                context: context,
                                serverHostname: tls.hostname(for: settings.address)
                            )
                            try channel.pipeline.syncOperations.addHandler(handler)
                        }.flatMap { setup(channel) }
                    }
                }
            }
            #endif
            return open(settings, eventLoop, setup)
        }
    }

    private static func open(
        _ settings: RedisSettings,
        _ eventLoop: any EventLoop,
        _ setup: @escaping Setup
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(settings.connectTimeout))
            .channelInitializer(setup)
        switch settings.address {
        case .host(let host, let port):
            // Commands are gathered before they are written, so that small packets aren't held back for others.
            return bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: host, port: port)
        case .unixSocket(let path): return bootstrap.connect(unixDomainSocketPath: path)
        }
    }
}
#endif
