public import GustRouting
public import GustSocketIO
public import Logging

/// An application as SocketTornad.IO's was made: routes and settings at once.
extension Application {
    /// Makes an application of routes, with settings.
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
    ///   - enabledProtocols: the transports that are offered at most.
    ///   - flashPolicyPort: where Flash asks first; nil serves none.
    ///   - flashPolicyFile: the file with the policy that Flash is answered with; nil is ``FlashPolicy/standard``.
    ///   - socketIOPort: the port to listen on.
    ///   - logger: where application and server log to.
    public init(
        _ routes: [Route],
        enabledProtocols: Set<SocketIOProtocol> = Set(SocketIOProtocol.allCases),
        flashPolicyPort: Int? = 843,
        flashPolicyFile: String? = nil,
        socketIOPort: Int = 8_888,
        logger: Logger = Logger(label: "gust")
    ) {
        self.init(logger: logger)
        settings.enabledProtocols = enabledProtocols
        settings.flashPolicyPort = flashPolicyPort
        settings.flashPolicyFile = flashPolicyFile
        settings.socketIOPort = socketIOPort
        for route in routes { add(route) }
    }
}
