public import Gust
public import GustServer
import ServiceLifecycle

/// Serves an application with Socket.IO endpoints: runs the HTTP server, and the Flash policy server if `flashsocket`
/// is enabled.
///
/// Corresponds to `SocketIOServer` of SocketTornad.IO.
///
/// ```swift
/// let app = Application([EchoHandler.routes("echoTest")], flashPolicyPort: 8043)
/// await Application.main { try await SocketIOServer(app).run() }
/// ```
///
/// The policy is also served on the main port, which Flash tries after the policy port.
public struct SocketIOServer: Sendable {
    /// The HTTP server.
    package let server: HTTPServer
    /// The Flash policy server; nil if `flashsocket` isn't enabled or there is no policy port.
    package let flashPolicyServer: FlashPolicyServer?
    private let application: Application

    /// Makes the servers for `application` with its settings; they don't listen before ``run()``.
    ///
    /// - Parameters:
    ///   - application: the application.
    ///   - host: the address on which both servers listen; by default all addresses, as in SocketTornad.IO.
    ///   - configure: changes other settings of the HTTP server.
    /// - Throws: `RoutesError` if routes are invalid; `FlashPolicyError` if `flashsocket` is enabled and the policy
    ///   file can't be read.
    public init(
        _ application: Application,
        host: String = "0.0.0.0",
        configure: (inout HTTPServer.Configuration) -> Void = { _ in }
    ) throws {
        let settings = application.settings
        var configuration = HTTPServer.Configuration(host: host, port: settings.socketIOPort ?? 8_888)
        var policyServer: FlashPolicyServer?
        if settings.enabledTransports?.contains("flashsocket") ?? true, let port = settings.flashPolicyPort {
            let policy = try settings.flashPolicyFile.map(FlashPolicy.init(contentsOf:)) ?? .standard
            // Flash requests the policy on the main port if it can't connect to the policy port.
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
    /// - Throws: `ListenError` if the server can't listen on the main port.
    public func run() async throws {
        var services: [any Service] = [server]
        if let flashPolicyServer { services.insert(flashPolicyServer, at: 0) }
        try await SignalledServices.run(services, logger: application.logger)
    }
}
