import NIOCore

extension ConnectionStateMachine {
    /// The intervals and timeouts of a connection.
    struct Timing: Sendable, Equatable {
        var pingInterval: TimeAmount = .seconds(25)
        var pingTimeout: TimeAmount = .seconds(20)
        var upgradeTimeout: TimeAmount = .seconds(10)
        var connectTimeout: TimeAmount = .seconds(45)
        var closeTimeout: TimeAmount = .seconds(30)
        /// How often a pending poll is released while the client probes another transport.
        var releaseInterval: TimeAmount = .milliseconds(100)
        /// How long a poll stays pending without a packet; nil if the heartbeat ends it.
        var pollDuration: TimeAmount?
        /// How long a session lives without a poll; nil if the heartbeat detects an absent client.
        var absenceTimeout: TimeAmount?
        /// How long the close packet is delayed, so that the response to the last `POST` precedes it.
        var closingDelay: TimeAmount = .zero
        /// Whether the transport has heartbeats.
        var hasHeartbeat = true
    }

    /// The timing of many connections, because its values would take a sixth of the memory of each.
    final class SharedTiming: Sendable {
        let timing: Timing

        init(_ timing: Timing) { self.timing = timing }
    }
}
