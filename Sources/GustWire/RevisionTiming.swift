/// The times of a revision, where its reference server had no setting or another default.
package struct RevisionTiming: Sendable, Equatable {
    /// The time between two heartbeats.
    package var pingInterval: Duration
    /// How long the answer to a heartbeat may take.
    package var pingTimeout: Duration
    /// Whether polling transports have heartbeats; otherwise the client must poll again within `closeTimeout`.
    package var pingsWhilePolling: Bool
    /// How long a poll without packets is kept pending before it is answered with a noop; nil keeps it pending until the heartbeat.
    package var pollDuration: Duration?
    /// How long a polling connection lives without a pending poll; nil leaves that to the heartbeat.
    package var closeTimeout: Duration?
    /// How long a handshake over HTTP is valid before its client opens a transport.
    package var handshakeTimeout: Duration?

    /// Engine.IO 3 and 4 (engine.io 6.6): the heartbeat runs over every transport, and nothing else ends a poll.
    static let engineIO = RevisionTiming(
        pingInterval: .seconds(25),
        pingTimeout: .seconds(20),
        pingsWhilePolling: true
    )
}
