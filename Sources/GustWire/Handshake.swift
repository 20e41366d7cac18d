/// What a server tells a client first.
package struct Handshake: Sendable, Equatable {
    /// The session id.
    package var sid: String
    /// The transports the client may upgrade to.
    package var upgrades: [String]
    /// The time between two heartbeats.
    package var pingInterval: Duration
    /// How long its answer may take.
    package var pingTimeout: Duration
    /// The longest payload the server takes, in bytes.
    package var maximumPayload: Int
    /// All transports the client may use, in the order it should try them (0.9).
    package var transports: [String]
    /// How long a session lives without a transport (0.9).
    package var closeTimeout: Duration

    package init(
        sid: String,
        upgrades: [String],
        pingInterval: Duration,
        pingTimeout: Duration,
        maximumPayload: Int,
        transports: [String] = [],
        closeTimeout: Duration = .seconds(60)
    ) {
        self.sid = sid
        self.upgrades = upgrades
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
        self.maximumPayload = maximumPayload
        self.transports = transports
        self.closeTimeout = closeTimeout
    }
}
