import Synchronization

/// Counts what happens to a connection or a socket a few times in its life, until the next report of metrics.
///
/// May be used from any thread.
final class OutcomeCounts: Sendable {
    /// What is counted.
    enum Outcome: Hashable, Sendable {
        /// A socket was disconnected.
        case disconnected(CloseReason)
        /// A connection ended.
        case closed(CloseReason)
        /// The upgrade of a connection ended.
        case upgraded(Upgrade)
        /// A client that asked for its earlier socket joined a namespace, with or without it.
        case recovered(Bool)

        /// The name of the counter.
        var label: String {
            switch self {
            case .disconnected: "socketio_disconnects_total"
            case .closed: "socketio_closed_connections_total"
            case .upgraded: "socketio_upgrades_total"
            case .recovered: "socketio_recoveries_total"
            }
        }

        /// The dimension of the counter.
        var dimension: (String, String) {
            switch self {
            case .disconnected(let reason), .closed(let reason): ("reason", reason.rawValue)
            case .upgraded(let outcome): ("outcome", outcome.rawValue)
            case .recovered(let isRecovered): ("recovered", isRecovered ? "true" : "false")
            }
        }
    }

    /// The outcomes of upgrades; the raw values are the names in metrics.
    enum Upgrade: String, Sendable {
        /// The WebSocket has become the transport.
        case completed
        /// The WebSocket was closed or failed before.
        case failed
        /// The server refused the WebSocket: it came too late, in the wrong order, or beside another one, or the connection
        /// ended.
        case refused
    }

    private let counts = Mutex<[Outcome: Int]>([:])

    /// Counts one more.
    func add(_ outcome: Outcome) { counts.withLock { $0[outcome, default: 0] += 1 } }

    /// Returns the counts since the last call.
    func take() -> [Outcome: Int] {
        counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
    }
}
