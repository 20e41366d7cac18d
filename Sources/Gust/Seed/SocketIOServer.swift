public import GustServer
import ServiceLifecycle
import UnixSignals

/// Starts everything an application with Socket.IO endpoints needs: the HTTP server, and the Flash policy server if
/// `flashsocket` is enabled.
///
/// SocketTornad.IO's "best way".
///
/// ```swift
/// let app = Application([EchoHandler.routes("echoTest")], flashPolicyPort: 8043)
/// await Application.main { try await SocketIOServer(app).run() }
/// ```
///
/// The manual way is to put `app.server(…)` and a `FlashPolicyServer` into a service group of your own.
public struct SocketIOServer: Sendable {
    /// The HTTP server.
    public let server: HTTPServer
    /// The Flash policy server, if there is one.
    public let flashPolicyServer: FlashPolicyServer?
    private let application: Application

    /// Prepares to serve `application` by its settings; nothing is listened on yet.
    ///
    /// - Parameters:
    ///   - application: the application.
    ///   - host: the address both servers listen on; all, unless said otherwise, as the seed did.
    ///   - configure: changes what else can be set of the HTTP server.
    /// - Throws: ``RoutesError`` if routes are wrong; ``FlashPolicyError`` if `flashsocket` is enabled and the policy
    ///   file can't be read.
    public init(
        _ application: Application,
        host: String = "0.0.0.0",
        configure: (inout HTTPServer.Configuration) -> Void = { _ in }
    ) throws {
        let settings = application.settings
        var configuration = HTTPServer.Configuration(host: host, port: settings.socketIOPort ?? 8_888)
        var policyServer: FlashPolicyServer?
        if settings.enabledProtocols.contains(.flashsocket), let port = settings.flashPolicyPort {
            let policy = try settings.flashPolicyFile.map(FlashPolicy.init(contentsOf:)) ?? .standard
            // Flash asks here if the policy port can't be reached.
            configuration.flashPolicy = policy
            policyServer = FlashPolicyServer(
                policy,
                configuration: FlashPolicyServer.Configuration(host: host, port: port),
                logger: application.logger
            )
        }
        configure(&configuration)
        self.application = application
        flashPolicyServer = policyServer
        server = try application.server(configuration)
    }

    /// Serves until `SIGTERM` or `SIGINT`, then stops gracefully.
    ///
    /// - Throws: ``ListenError`` if the main port can't be listened on.
    public func run() async throws {
        var services: [any Service] = [server]
        if let flashPolicyServer { services.insert(flashPolicyServer, at: 0) }
        let group = ServiceGroup(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: application.logger
        )
        try await group.run()
    }
}
