import NIOCore
import NIOPosix

/// Opens a channel to a server: TCP or a Unix socket, the tunnel of a proxy, TLS.
///
/// A value with a closure, so that tests give channels in memory.
struct ServerDialer: Sendable {
    /// Adds the handlers of the channel's user, on the loop, before anything of the server is received.
    typealias Prepare = @Sendable (any Channel) throws -> Void
    /// Opens the channel.
    typealias Dial =
        @Sendable (
            _ server: ServerURL, _ eventLoop: any EventLoop, _ timeout: TimeAmount, _ prepare: @escaping Prepare
        ) -> EventLoopFuture<any Channel>

    let dial: Dial

    /// Makes a dialer; tests give their own closure.
    init(_ dial: @escaping Dial) { self.dial = dial }

    /// The dialer of a client with these settings.
    ///
    /// - Parameters:
    ///   - settings: the settings of the client.
    ///   - variable: the value of a variable of the environment; nil if it isn't set.
    init(_ settings: ClientSettings, variable: @escaping @Sendable (String) -> String?) {
        let security = ClientSecurity(settings.tls)
        let choice = settings.proxy
        dial = { server, eventLoop, timeout, prepare in
            do {
                let proxy = try ProxyServer(choice, for: server, variable)
                let secured = try server.isSecure ? security.tools() : nil
                if proxy != nil, secured != nil, server.isAddress {
                    // swift-nio-ssl checks a certificate without a name against the address of the connection: the proxy's.
                    throw ClientError.unusableSetting(
                        "the certificate for an address can't be checked through a proxy: use the name of the host"
                    )
                }
                return Self.connect(server, proxy, secured, on: eventLoop, timeout, prepare)
            } catch {
                return eventLoop.makeFailedFuture(error)
            }
        }
    }

    /// The handlers of each stage are added while the last bytes of the stage before are being processed, so none is missed.
    private static func connect(
        _ server: ServerURL,
        _ proxy: ProxyServer?,
        _ secured: SecuredChannel?,
        on eventLoop: any EventLoop,
        _ timeout: TimeAmount,
        _ prepare: @escaping Prepare
    ) -> EventLoopFuture<any Channel> {
        let isReady = eventLoop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let secure = { @Sendable () throws in
                        guard let secured else {
                            try prepare(channel)
                            return isReady.succeed()
                        }
                        try secured.add(to: channel, server).whenComplete { outcome in
                            isReady.completeWith(
                                Result { try outcome.get() }.flatMap { Result { try prepare(channel) } }
                            )
                        }
                    }
                    guard let proxy else { return try secure() }
                    try proxy.tunnel(to: server, channel).whenComplete { outcome in
                        do {
                            try outcome.get()
                            try secure()
                        } catch {
                            isReady.fail(error)
                        }
                    }
                }
            }
        let place = proxy.map { ServerURL.Place.host($0.host, port: $0.port) } ?? server.place
        let channel =
            switch place {
            case .host(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        channel.whenFailure { isReady.fail($0) }
        return channel.flatMap { channel in
            // A proxy that is silent, or a server during the TLS handshake, would keep the channel of each attempt.
            let deadline = eventLoop.scheduleTask(in: timeout) { isReady.fail(ChannelError.connectTimeout(timeout)) }
            isReady.futureResult.whenComplete { _ in deadline.cancel() }
            return isReady.futureResult.map { channel }.flatMapErrorThrowing { error in
                channel.close(promise: nil)
                throw error
            }
        }
    }
}
