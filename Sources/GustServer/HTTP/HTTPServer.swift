import GustDigest
public import GustHTTP
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// An HTTP/1.1 and WebSocket server on SwiftNIO, for one handler.
///
/// By default the server runs one event loop for each core. When its service group shuts down (`SIGTERM`, `SIGINT`), the server
/// accepts no more connections, calls ``Handler/shutDown()``, completes the requests in progress and closes the connections.
/// Connections that are open at the deadline are closed at once. Source: RFC 9110, RFC 9112 and RFC 6455.
public final class HTTPServer: Service {
    /// The address, limits and options of a server.
    public struct Configuration: Sendable {
        /// An address to listen on.
        public enum Address: Sendable, Hashable {  // bytes: configuration
            /// A host name or IP address and a port; port 0 picks a free port.
            case host(String, port: Int)
            /// A Unix socket; a stale socket file in its place is removed.
            case unixSocket(path: String)
        }

        /// The address to listen on.
        public var address: Address
        /// The number of event loops, at least 1; the default is one for each core.
        public var loops: Int
        /// The size limits and deadlines.
        public var limits = HTTPLimits()
        /// Whether browsers from before 2012 can open WebSockets, whose drafts of the protocol differ from RFC 6455.
        ///
        /// Otherwise the handshake of a draft is answered 426, with the supported version.
        public var acceptsWebSocketDrafts = true
        /// The answer to Flash policy requests on this port; if nil, such requests are answered 400.
        ///
        /// A `SocketIOServer` also serves the policy on a port of its own.
        package var flashPolicy: FlashPolicy?
        /// Sets up the connections before HTTP; if nil, connections aren't encrypted.
        package var connectionSetup: (any ConnectionSetup)?
        /// The maximum number of connections that wait in the kernel to be accepted.
        package var backlog = 4_096
        /// How long a graceful shutdown may take before the remaining connections are closed.
        public var shutdownTimeout: Duration = .seconds(10)
        /// Called once with the address that the server listens on.
        public var onListening: (@Sendable (SocketAddress) -> Void)?

        /// Makes a configuration that listens on `host` and `port`.
        public init(host: String = "127.0.0.1", port: Int = 8080, loops: Int = System.coreCount) {
            address = .host(host, port: port)
            self.loops = loops
        }
    }

    private let configuration: Configuration
    private let shared: HTTPServerShared
    private let admission: ConnectionAdmission
    private let logger: Logger

    /// Makes a server, which listens once ``run()`` is called.
    public init(
        _ handler: any Handler,
        configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "gust.server")
    ) {
        self.configuration = configuration
        self.logger = logger
        shared = HTTPServerShared(
            handler: handler,
            limits: configuration.limits,
            dialects: WebSocketDialect.spoken(withDrafts: configuration.acceptsWebSocketDrafts),
            flashPolicy: configuration.flashPolicy,
            logger: logger
        )
        admission = ConnectionAdmission(configuration.limits)
    }

    /// The number of open connections.
    public var connectionCount: Int { admission.count }

    /// Listens and serves until the service group shuts down or the task is cancelled.
    ///
    /// - Throws: ``ListenError`` if the server can't listen on the address; an error that names the digest if the
    ///   system's libcrypto lacks a digest that Gust needs; with TLS, an error that names the file if a certificate or
    ///   key can't be used.
    public func run() async throws {
        try Digest.prepare()
        try await configuration.connectionSetup?.prepare()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.loops))
        do {
            try await serve(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let offloader = ThreadPoolOffloader(NIOSingletons.posixBlockingThreadPool)
        let loops = Array(group.makeIterator()).map { loop in
            LoopContext(executor: LoopExecutor(loop, offloader: offloader))
        }
        let listener: any Channel
        do {
            listener = try await bind(on: group, loops)
        } catch {
            throw ListenError(address: text(port: nil), underlyingError: error)
        }
        logger.info("listening on \(text(port: listener.localAddress?.port))")
        if let address = listener.localAddress { configuration.onListening?(address) }
        let setup = configuration.connectionSetup
        async let _: Void? = setup?.run(logger)
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
        // At the end of this scope the task of the setup is cancelled.
        await shutDown(loops)
    }

    /// The address as text for logs and errors.
    private func text(port: Int?) -> String {
        configuration.address.text(port: port, isSecure: configuration.connectionSetup != nil)
    }

    /// Listens and distributes connections to `loops`, the loops of `group`.
    func bind(on group: MultiThreadedEventLoopGroup, _ loops: [LoopContext]) async throws -> any Channel {
        let shared = shared
        let admission = admission
        let setup = configuration.connectionSetup
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            // The first read buffer is small, because most connections are idle WebSockets; it grows with the reads.
            .childChannelOption(.recvAllocator, value: ReadBufferAllocator())
            // With one read a burst, a burst has either bytes or the end of the input; the handlers rely on it.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // A client that shuts down its sending side may still read its responses.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // Keep-alive probes detect a peer that is gone without a FIN or RST, even on a WebSocket without pings.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard admission.admit(channel) else { throw ConnectionRefused() }
                    guard let loop = loops.first(where: { $0.executor.eventLoop === channel.eventLoop }) else { return }
                    guard let setup else {
                        let handler = HTTPConnectionHandler(server: shared, loop: loop)
                        return try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try setup.setUp(channel, HTTPConnectionStart(server: shared, loop: loop))
                }
            }
        switch configuration.address {
        case .host(let host, let port):
            try PortOutOfRange.check(port)
            return try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port).get()
        case .unixSocket(let path):
            return try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
    }

    /// Completes the requests in progress until the deadline, then closes the remaining connections.
    private func shutDown(_ loops: [LoopContext]) async {
        shared.handler.shutDown()
        for loop in loops { loop.executor.eventLoop.execute { loop.beginShutdown() } }
        let deadline = ContinuousClock.now + configuration.shutdownTimeout
        while admission.count > 0, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
        }
        if admission.count > 0 {
            logger.info("closing connections at the shutdown deadline", metadata: ["count": "\(admission.count)"])
            admission.closeAll()
        }
        await settle(loops)
        // Work that waits for a deadline or for a client to reconnect is ended, because neither can happen any more.
        for loop in loops { loop.executor.eventLoop.execute { loop.executor.stop() } }
        await settle(loops)
    }

    /// Waits, while all loops still run, for work that connections posted to other loops when they ended.
    private func settle(_ loops: [LoopContext]) async {
        // Four rounds are enough for a post to another loop, its reply, and a post that the reply causes.
        for _ in 0..<4 {
            for loop in loops {
                await withCheckedContinuation { continuation in
                    loop.executor.eventLoop.execute { continuation.resume() }
                }
            }
        }
    }
}

/// The error that closes the channel of a connection that isn't admitted.
private struct ConnectionRefused: Error {}
