public import Gust
public import GustRouting
public import Logging

/// An initialiser like that of SocketTornad.IO's application, which takes routes and settings.
extension Application {
    /// Makes an application from routes and settings.
    ///
    /// ```swift
    /// let app = Application(
    ///     [EchoHandler.routes("echoTest")],
    ///     enabledProtocols: [.websocket, .flashsocket, .xhrMultipart, .xhrPolling],
    ///     flashPolicyPort: 8043,
    ///     flashPolicyFile: "/etc/lighttpd/flashpolicy.xml",
    ///     socketIOPort: 8888
    /// )
    /// ```
    /// - Parameters:
    ///   - routes: the routes, in order.
    ///   - enabledProtocols: the transports that endpoints may offer.
    ///   - flashPolicyPort: the port on which Flash requests the policy first; nil serves none.
    ///   - flashPolicyFile: the file with the policy for Flash; nil means the standard policy.
    ///   - socketIOPort: the port to listen on.
    ///   - logger: the logger of the application and its server.
    public init(
        _ routes: [Route],
        enabledProtocols: Set<SocketIOProtocol> = Set(SocketIOProtocol.allCases),
        flashPolicyPort: Int? = 843,
        flashPolicyFile: String? = nil,
        socketIOPort: Int = 8_888,
        logger: Logger = Logger(label: "gust")
    ) {
        self.init(logger: logger)
        settings.enabledTransports = SocketIOProtocol.transports(enabledProtocols)
        settings.flashPolicyPort = flashPolicyPort
        settings.flashPolicyFile = flashPolicyFile
        settings.socketIOPort = socketIOPort
        for route in routes { add(route) }
    }
}
