import GustAdapter

extension SocketIOSettings {
    /// Connection state recovery: a client of 4.x that has lost its connection continues its socket, with its id, its rooms and all
    /// events that it missed (socket.io 4.6, "Connection state recovery").
    ///
    /// Events without an acknowledgement, and messages, get a last argument with their offset, which handlers of the client see.
    /// The server keeps for each socket the events that the client may have missed: those since the last answered heartbeat
    /// while the client is connected, and all others until it returns. Volatile events and events with acknowledgements aren't kept.
    /// In a cluster, the client may return to another server that has this setting too.
    public struct Recovery: Sendable {
        /// How long the socket of a lost connection is kept.
        public var duration = Duration.seconds(120)
        /// The greatest number of events that are kept for a socket; if there are more, the client can't recover.
        public var maximumPackets = 1_000
        /// The greatest number of bytes of the events that are kept for a socket.
        public var maximumBytes = 1 << 20
        /// The greatest number of sockets of lost connections; further ones can't be recovered.
        public var maximumSockets = 10_000
        /// Whether a recovered socket joins its namespace without asking the middleware of the namespace.
        public var skipsMiddleware = true

        /// Makes settings with the default values.
        public init() {}
    }
}

extension SessionLimits {
    init(_ settings: SocketIOSettings.Recovery) {
        self.init(
            duration: settings.duration,
            maximumPackets: settings.maximumPackets,
            maximumBytes: settings.maximumBytes,
            maximumSessions: settings.maximumSockets
        )
    }
}
