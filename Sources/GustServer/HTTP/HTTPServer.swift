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
        /// The listeners in place of ``address`` and ``connectionSetup``; empty for these.
        package var listeners: [HTTPListener] = []
        /// How the server stops.
        package var drain = HTTPDrain()
        /// The maximum number of connections that wait in the kernel to be accepted.
        package var backlog = 4_096
        /// How long a graceful shutdown may take before the remaining connections are closed.
        public var shutdownTimeout: Duration = .seconds(10)
        /// Called once with the address that the server listens on.
        public var onListening: (@Sendable (SocketAddress) -> Void)?
        /// Called once when all sockets are open, before connections are accepted.
        package var beforeAccepting: (@Sendable () async -> Void)?
        /// Called once with the addresses of all listeners, in their order.
        package var onAllListening: (@Sendable ([SocketAddress]) -> Void)?

        /// Makes a configuration that listens on `host` and `port`.
        public init(host: String = "127.0.0.1", port: Int = 8080, loops: Int = System.coreCount) {
            address = .host(host, port: port)
            self.loops = loops
        }
    }

    let configuration: Configuration
    let shared: HTTPServerShared
    let admission: ConnectionAdmission
    let logger: Logger
    /// The sockets while the server listens.
    let sockets = ListeningSockets()

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
        let listeners =
            configuration.listeners.isEmpty
            ? [HTTPListener(configuration.address, configuration.connectionSetup)] : configuration.listeners
        try Digest.prepare()
        let setups = listeners.compactMap(\.connectionSetup)
        for setup in setups { try await setup.prepare() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.loops))
        do {
            try await serve(listeners, setups, on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(
        _ listeners: [HTTPListener],
        _ setups: [any ConnectionSetup],
        on group: MultiThreadedEventLoopGroup
    ) async throws {
        let offloader = ThreadPoolOffloader(NIOSingletons.posixBlockingThreadPool)
        let loops = Array(group.makeIterator()).map { loop in
            LoopContext(executor: LoopExecutor(loop, offloader: offloader))
        }
        let extensions = try await beginExtensions(on: group, loops)
        let channels: [any Channel]
        do {
            channels = try await listen(listeners, on: group, loops)
        } catch {
            await stop(extensions)
            await end(extensions)
            throw error
        }
        let addresses = channels.compactMap(\.localAddress)
        for (listener, channel) in zip(listeners, channels) {
            logger.info("listening on \(listener.text(channel.localAddress))")
        }
        if let address = addresses.first { configuration.onListening?(address) }
        configuration.onAllListening?(addresses)
        await withTaskGroup(of: Void.self) { tasks in
            for setup in setups { tasks.addTask { [logger] in await setup.run(logger) } }
            await waitForStop(channels)
            await stop(channels, loops, extensions)
            tasks.cancelAll()
        }
    }
}

/// The error that closes the channel of a connection that isn't admitted.
struct ConnectionRefused: Error {}
