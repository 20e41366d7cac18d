import GustWire
import NIOCore

/// The times that are set, and those of the generation where none is.
extension SocketIOSettings {
    /// The times that a client of a generation is told.
    struct Times {
        var pingInterval: Duration
        var pingTimeout: Duration
        var closeTimeout: Duration
    }

    func times(of revision: Revision) -> Times {
        Times(
            pingInterval: pingInterval ?? revision.timing.pingInterval,
            pingTimeout: pingTimeout ?? revision.timing.pingTimeout,
            closeTimeout: closeTimeout ?? revision.timing.closeTimeout ?? .seconds(30)
        )
    }

    /// What rules a connection of a generation whose first transport is of that kind.
    func timing(of revision: Revision, over kind: TransportKind) -> ConnectionStateMachine.Timing {
        let times = times(of: revision)
        let isPolling = kind == .polling
        var timing = ConnectionStateMachine.Timing(
            pingInterval: TimeAmount(times.pingInterval),
            pingTimeout: TimeAmount(times.pingTimeout),
            upgradeTimeout: TimeAmount(upgradeTimeout),
            connectTimeout: TimeAmount(connectTimeout),
            closeTimeout: TimeAmount(times.closeTimeout)
        )
        timing.hasHeartbeat = !isPolling || revision.timing.pingsWhilePolling
        if kind != .webSocket { timing.closingDelay = TimeAmount(revision.rules.closingDelay) }
        if isPolling, revision.rules.outlivesPolls {
            timing.pollDuration = (pollDuration ?? revision.timing.pollDuration).map { TimeAmount($0) }
            timing.absenceTimeout = TimeAmount(times.closeTimeout)
        }
        return timing
    }
}
