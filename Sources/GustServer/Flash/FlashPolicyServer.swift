package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves a ``FlashPolicy`` on a port of its own, by default the port that Flash requests policies from first.
///
/// Port 843 needs privileges. If the server can't listen on its port, it logs a warning and the rest of the application
/// runs on; Flash then requests the policy from the port of the connection, three seconds later.
package final class FlashPolicyServer: Service {
    /// The address, limits and deadline of a server.
    package struct Configuration: Sendable {
        /// The address to listen on.
        package var host: String
        /// The port to listen on; 0 picks a free port.
        package var port: Int
        /// The maximum duration of a connection, after which it is closed.
        package var timeout: Duration = .seconds(5)
        /// The maximum number of open connections, at least 1; further connections are closed when they are accepted.
        package var connections = 256
        /// Called once with the address that the server listens on; not called if the server can't listen.
        package var onListening: (@Sendable (SocketAddress) -> Void)?

        /// Makes a configuration that listens on `host` and `port`.
        package init(host: String = "0.0.0.0", port: Int = 843) {
            self.host = host
            self.port = port
        }
    }

    private let policy: FlashPolicy
    private let configuration: Configuration
    private let logger: Logger
    private let admission: ConnectionAdmission
    private let boundPort = Mutex<Int?>(nil)

    /// Makes a server, which listens once ``run()`` is called.
    package init(
        _ policy: FlashPolicy,
        configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "gust.flash-policy")
    ) {
        self.policy = policy
        self.configuration = configuration
        self.logger = logger
        var limits = HTTPLimits()
        limits.maximumConnections = max(1, configuration.connections)
        admission = ConnectionAdmission(limits)
    }

    /// The port that the server listens on; nil while the server isn't listening.
    package var port: Int? { boundPort.withLock { $0 } }

    /// The number of open connections.
    package var connectionCount: Int { admission.count }

    /// Serves policies until the service group shuts down or the task is cancelled.
    ///
    /// If the server can't listen on its port, this logs a warning and waits for the same end, without throwing.
    package func run() async {
        let listener: any Channel
        do {
            listener = try await bind()
        } catch {
            logger.warning(
                "can't listen on the port for Flash policies",
                metadata: ["port": "\(configuration.port)", "error": "\(error)"]
            )
            // If a service returns, ServiceLifecycle ends the whole service group.
            do { try await gracefulShutdown() } catch { return }
            return
        }
        if let address = listener.localAddress {
            boundPort.withLock { $0 = address.port }
            configuration.onListening?(address)
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            // An error is ignored: the listener is closed in any case.
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
            // A request has 23 bytes; further bytes are read in small pieces and dropped.
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
