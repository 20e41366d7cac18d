public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// Serves a ``FlashPolicy`` on a port of its own, where Flash movies ask first.
///
/// Port 843 needs privileges. If it can't be listened on, that is logged and the rest of the application goes on: movies
/// ask on the main port next, three seconds later.
public final class FlashPolicyServer: Service {
    /// Where and how to listen.
    public struct Configuration: Sendable {
        /// The address to listen on.
        public var host: String
        /// The port to listen on; 0 picks a free one.
        public var port: Int
        /// How long a client may take for its request; then it is closed.
        public var timeout: Duration = .seconds(5)
        /// The most connections at once; further ones are closed when accepted.
        public var connections = 256
        /// Called once with the address listened on; not if it can't be.
        public var onListening: (@Sendable (SocketAddress) -> Void)?

        /// Listens on `host` and `port`.
        public init(host: String = "0.0.0.0", port: Int = 843) {
            self.host = host
            self.port = port
        }
    }

    private let policy: FlashPolicy
    private let configuration: Configuration
    private let logger: Logger
    private let admission: ConnectionAdmission
    private let boundPort = Mutex<Int?>(nil)

    /// Makes a server; it listens when it runs.
    public init(
        _ policy: FlashPolicy,
        configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "gust.flash-policy")
    ) {
        self.policy = policy
        self.configuration = configuration
        self.logger = logger
        var limits = HTTPLimits()
        limits.connections = max(1, configuration.connections)
        admission = ConnectionAdmission(limits)
    }

    /// The port listened on; nil before, and if it couldn't be.
    public var port: Int? { boundPort.withLock { $0 } }

    /// How many connections are open.
    public var connectionCount: Int { admission.count }

    /// Serves until the service group shuts down, or the task is cancelled.
    ///
    /// Doesn't throw, whether the port can be listened on or not.
    public func run() async {
        let listener: any Channel
        do {
            listener = try await bind()
        } catch {
            logger.warning(
                "no Flash policies on this port",
                metadata: ["port": "\(configuration.port)", "error": "\(error)"]
            )
            // A service that returned would take its whole group down.
            do { try await gracefulShutdown() } catch { return }
            return
        }
        if let address = listener.localAddress {
            boundPort.withLock { $0 = address.port }
            configuration.onListening?(address)
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            // Whatever ended the listener, it has ended.
            _ = try? await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
        boundPort.withLock { $0 = nil }
        admission.closeAll()
    }

    private func bind() async throws -> any Channel {
        let admission = admission
        let policy = policy
        let timeout = TimeAmount(configuration.timeout)
        try PortOutOfRange.check(configuration.port)
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            // A request has 23 bytes; what is sent beside it is read in small pieces and thrown away.
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard admission.admit(channel) else { throw ChannelError.operationUnsupported }
                    try channel.pipeline.syncOperations.addHandler(FlashPolicyHandler(policy, timeout: timeout))
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
    }
}
