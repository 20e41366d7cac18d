/// The settings of SocketTornad.IO's application, under Swift names.
package struct SeedSettings: Sendable {
    /// The names of the transports that Socket.IO endpoints of the application may offer (`enabled_protocols`); nil for all.
    package var enabledTransports: Set<String>?  // bytes: our own names
    /// The port to listen on (`socket_io_port`).
    ///
    /// nil means 8888 for a `SocketIOServer`, and 8080 for ``Application/run(host:port:)``.
    package var socketIOPort: Int?
    /// The port on which Flash requests the policy first (`flash_policy_port`); nil serves none.
    ///
    /// Ports below 1024 need privileges. If the server can't listen on the port, that is logged, and Flash requests the
    /// policy on the main port.
    package var flashPolicyPort: Int? = 843
    /// The file with the policy for Flash (`flash_policy_file`), relative to the working directory; nil means the
    /// built-in policy.
    package var flashPolicyFile: String?

    /// Makes the default settings.
    package init() {}
}
