import GustDigest
public import GustHTTP
public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// An HTTP/1.1 and WebSocket server on SwiftNIO, for one handler.
///
/// Uses all cores, one event loop each. Stops gracefully when its service group does (`SIGTERM`, `SIGINT`): accepts
/// nothing more, tells the handler, answers what is in progress, then closes; what isn't done by the deadline is cut.
/// Source: RFC 9110, RFC 9112 and RFC 6455.
public final class HTTPServer: Service {
    /// Where and how to listen.
    public struct Configuration: Sendable {
        /// Where to listen.
        public enum Address: Sendable, Hashable {  // bytes: configuration
            /// A host name or address, and a port; port 0 picks a free one.
            case host(String, port: Int)
            /// A Unix socket; a stale socket file in its place is removed.
            case unixSocket(path: String)
        }

        /// Where to listen.
        public var address: Address
        /// How many event loops to run; the default is one for each core.
        public var loops: Int
        /// What is accepted at most, and how long is waited.
        public var limits = HTTPLimits()
        /// The versions of WebSocket that are spoken; clients of others are answered 426 with those that are.
        public var webSocketDialects = Set(WebSocketDialect.allCases)
        /// What Flash movies are told that ask for a policy on this port; nil answers them 400.
        ///
        /// Policies' own port is served by a ``FlashPolicyServer``.
        public var flashPolicy: FlashPolicy?
        /// How many connections may wait in the kernel to be accepted.
        public var backlog = 4_096
        /// How long a graceful shutdown may take before connections are cut.
        public var shutdownTimeout: Duration = .seconds(10)
        /// Called once with the address listened on.
        public var onListening: (@Sendable (SocketAddress) -> Void)?

        /// Listens on `host` and `port`.
        public init(host: String = "127.0.0.1", port: Int = 8080, loops: Int = System.coreCount) {
            address = .host(host, port: port)
            self.loops = loops
        }
    }

    private let configuration: Configuration
    private let shared: HTTPServerShared
    private let admission: ConnectionAdmission
    private let logger: Logger

    /// Makes a server; it listens when it runs.
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
            dialects: configuration.webSocketDialects,
            flashPolicy: configuration.flashPolicy,
            logger: logger
        )
        admission = ConnectionAdmission(configuration.limits)
    }

    /// How many TCP connections are open.
    public var connectionCount: Int { admission.count }

    /// Listens and serves until the service group shuts down, or the task is cancelled.
    ///
    /// - Throws: ``ListenError`` if the address can't be listened on; an error that names the digest if the system's libcrypto lacks
    ///   one that Gust needs.
    public func run() async throws {
        try Digest.prepare()
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
            throw ListenError(address: configuration.address.text(), underlyingError: error)
        }
        logger.info("listening on \(configuration.address.text(port: listener.localAddress?.port))")
        if let address = listener.localAddress { configuration.onListening?(address) }
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
        await shutDown(loops)
    }

    /// Listens; connections are spread over `loops`, the loops of `group`.
    func bind(on group: MultiThreadedEventLoopGroup, _ loops: [LoopContext]) async throws -> any Channel {
        let shared = shared
        let admission = admission
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            // A small first buffer, because most connections are idle WebSockets; it grows with what is read.
            .childChannelOption(.recvAllocator, value: ReadBufferAllocator())
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // A client that shuts down its side for writing still reads its answers.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // A peer that vanished without a word is found out in the end, even on a WebSocket that nobody pings.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard admission.admit(channel) else { throw ConnectionRefused() }
                    guard let loop = loops.first(where: { $0.executor.eventLoop === channel.eventLoop }) else { return }
                    let handler = HTTPConnectionHandler(server: shared, loop: loop)
                    try channel.pipeline.syncOperations.addHandler(handler)
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

    /// Finishes what is in progress, then cuts what is left.
    private func shutDown(_ loops: [LoopContext]) async {
        shared.handler.shutDown()
        for loop in loops { loop.executor.eventLoop.execute { loop.beginShutdown() } }
        let deadline = ContinuousClock.now + configuration.shutdownTimeout
        while admission.count > 0, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
        }
        if admission.count > 0 {
            logger.info("cutting connections at the shutdown deadline", metadata: ["count": "\(admission.count)"])
            admission.closeAll()
        }
        await settle(loops)
        // What waits for a deadline, or for a client to come again, waits in vain.
        for loop in loops { loop.executor.eventLoop.execute { loop.executor.stop() } }
        await settle(loops)
    }

    /// Lets what the ends of connections tell each other across loops arrive, while all loops still run.
    private func settle(_ loops: [LoopContext]) async {
        // To another loop, to the one that asked, and its last word.
        for _ in 0..<4 {
            for loop in loops {
                await withCheckedContinuation { continuation in
                    loop.executor.eventLoop.execute { continuation.resume() }
                }
            }
        }
    }
}

/// The connection isn't let in; its channel is closed before it has said anything.
private struct ConnectionRefused: Error {}
