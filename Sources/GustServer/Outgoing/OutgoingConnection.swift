package import GustHTTP
package import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Opens connections to other servers.
package enum OutgoingConnection {
    /// Opens a connection on `eventLoop`.
    ///
    /// A peer that vanishes without an end of the connection is detected within half a minute on Linux, also while both ends are silent.
    /// - Parameters:
    ///   - address: the address; the name of a host is looked up on another thread.
    ///   - eventLoop: the loop of the connection, which must be a loop of a server.
    ///   - timeout: how long the connection may take.
    ///   - writeTimeout: how long the peer may read nothing while output waits for it.
    ///   - open: makes the receiver, on `eventLoop`.
    /// - Returns: an outcome that fails if the connection can't be opened in time.
    package static func open(
        _ address: HTTPServer.Configuration.Address,
        on eventLoop: any EventLoop,
        timeout: TimeAmount,
        writeTimeout: TimeAmount = .seconds(30),
        _ open: @escaping @Sendable (any ByteConnection) -> any ByteReceiver
    ) -> EventLoopFuture<Void> {
        var bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteChannelHandler(nil, writeTimeout, open: open))
                }
            }
        if case .host = address { bootstrap = withDetection(of: bootstrap) }
        let channel =
            switch address {
            case .host(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        return channel.flatMapThrowing { channel in
            try channel.pipeline.syncOperations.handler(type: ByteChannelHandler.self).begin()
        }
    }

    private static func withDetection(of bootstrap: ClientBootstrap) -> ClientBootstrap {
        let bootstrap =
            bootstrap
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
        #if os(Linux)
        // Probes after 10 s of silence, every 5 s; three of them, or output, without a confirmation for 20 s end the connection (tcp(7)).
        return
            bootstrap
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)), value: 10)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)), value: 5)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)), value: 3)
            .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)), value: 20_000)
        #else
        return bootstrap
        #endif
    }
}
