/// The settings that SocketTornad.IO took from its application, under their Swift names.
public struct SeedSettings: Sendable {
    /// The transports that all Socket.IO endpoints of the application offer at most (`enabled_protocols`); all six.
    public var enabledProtocols = Set(SocketIOProtocol.allCases)
    /// The port to listen on (`socket_io_port`); nil is 8888 for a ``SocketIOServer``, and 8080 for
    /// ``Application/run(host:port:)``.
    public var socketIOPort: Int?
    /// The port on which Flash asks first whether it may connect (`flash_policy_port`); nil serves none.
    ///
    /// Ports below 1024 need privileges. If it can't be listened on that is logged, and Flash asks on the main port.
    public var flashPolicyPort: Int? = 843
    /// The file that Flash is answered with (`flash_policy_file`), relative to the working directory; nil answers with
    /// ``FlashPolicy/standard``, which comes with Gust.
    public var flashPolicyFile: String?

    /// The defaults.
    public init() {}
}
