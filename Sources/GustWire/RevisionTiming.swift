/// What a generation does by the clock, where its reference server had no setting or another default.
package struct RevisionTiming: Sendable, Equatable {
    /// How often a heartbeat is due.
    package var pingInterval: Duration
    /// How long the answer to a heartbeat may take.
    package var pingTimeout: Duration
    /// Whether polling transports have heartbeats; where not, the next poll within `closeTimeout` is the sign of life.
    package var pingsWhilePolling: Bool
    /// How long a poll stays open with nothing to say, until it is ended by a noop; nil waits for the heartbeat.
    package var pollDuration: Duration?
    /// How long a session that polls lives without a pending poll; nil leaves that to the heartbeat.
    package var closeTimeout: Duration?
    /// How long a session lives between a handshake over HTTP and its first transport.
    package var handshakeTimeout: Duration?

    /// Engine.IO 3 and 4 (engine.io 6.6): the heartbeat runs over every transport, and nothing else ends a poll.
    static let engineIO = RevisionTiming(
        pingInterval: .seconds(25),
        pingTimeout: .seconds(20),
        pingsWhilePolling: true
    )
}
