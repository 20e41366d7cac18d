import NIOCore

extension ConnectionStateMachine {
    /// The times that rule a connection.
    struct Timing: Sendable, Equatable {
        var pingInterval: TimeAmount = .seconds(25)
        var pingTimeout: TimeAmount = .seconds(20)
        var upgradeTimeout: TimeAmount = .seconds(10)
        var connectTimeout: TimeAmount = .seconds(45)
        var closeTimeout: TimeAmount = .seconds(30)
        /// How often a pending poll is released while the client probes another transport.
        var releaseInterval: TimeAmount = .milliseconds(100)
        /// How long a poll stays open with nothing to say; nil waits for the heartbeat.
        var pollDuration: TimeAmount?
        /// How long a session lives without a poll; nil leaves that to the heartbeat.
        var absenceTimeout: TimeAmount?
        /// How long the end is put off, so that the answer to the last `POST` comes first.
        var closingDelay: TimeAmount = .zero
        /// Whether the transport has heartbeats.
        var hasHeartbeat = true
    }
}
