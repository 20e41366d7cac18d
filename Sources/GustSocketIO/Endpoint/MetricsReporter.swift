import CoreMetrics
import NIOCore
import Synchronization

/// Reports the numbers of an endpoint to swift-metrics at an interval while clients are connected, so that messages
/// don't pay for it.
///
/// Each report adds to the counters what has been counted since the last one. `socketio_connections` and
/// `socketio_sockets` are gauges of open connections and sockets; `socketio_sessions_total`, `socketio_packets_total`
/// and `socketio_bytes_total` are counters. Their dimensions are `transport` and, for packets and bytes, `direction`
/// (`in`, `out`). `socketio_refused_connections_total` has the dimension `reason`, the bound that was reached.
/// `socketio_refused_packets_total` counts packets that weren't sent because the queue of a loop was full,
/// `socketio_dropped_packets_total` those that the policy of the outbox has dropped. The values
/// of all dimensions are fixed names, never text of a client, so their number is bounded. ``OutcomeCounts`` has the other counters,
/// and ``EventMetrics`` what isn't reported at intervals.
final class MetricsReporter: Sendable {
    private struct State {
        var isScheduled = false
        var reported: SocketIOStatistics?
    }

    private let factory: any MetricsFactory
    private let interval: TimeAmount
    private let outcomes: OutcomeCounts?
    private let state = Mutex(State())

    /// Makes a reporter that counts also `outcomes`; nil if there are no metrics, and nothing is reported.
    init(factory: any MetricsFactory, interval: Duration, outcomes: OutcomeCounts?) {
        self.factory = factory
        self.outcomes = outcomes
        self.interval = TimeAmount(interval)
    }

    /// Reports after the interval, and again after each further interval while clients are connected.
    ///
    /// Called on `loop`. Does nothing if a report is scheduled already.
    func begin(for io: SocketIO, on loop: any EventLoop) {
        guard outcomes != nil else { return }
        let isFirst = state.withLock { state in
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard isFirst else { return }
        loop.scheduleTask(in: interval) { [weak io] in
            guard let io else { return }
            self.state.withLock { $0.isScheduled = false }
            let statistics = io.statistics
            self.report(statistics)
            if statistics.open > 0 { self.begin(for: io, on: loop) }
        }
    }

    /// Reports at once.
    func report(_ statistics: SocketIOStatistics) {
        Meter(label: "socketio_sockets", factory: factory).set(statistics.sockets)
        let before = state.withLock { state in
            defer { state.reported = statistics }
            return state.reported
        }
        for (name, now) in statistics.byTransport {
            let last = before?.byTransport[name] ?? SocketIOStatistics.Transport()
            Meter(label: "socketio_connections", dimensions: [("transport", name)], factory: factory).set(now.open)
            count("socketio_sessions_total", now.total - last.total, [("transport", name)])
            count("socketio_packets_total", now.packetsIn - last.packetsIn, [("transport", name), ("direction", "in")])
            count(
                "socketio_packets_total",
                now.packetsOut - last.packetsOut,
                [("transport", name), ("direction", "out")]
            )
            count("socketio_bytes_total", now.bytesIn - last.bytesIn, [("transport", name), ("direction", "in")])
            count("socketio_bytes_total", now.bytesOut - last.bytesOut, [("transport", name), ("direction", "out")])
        }
        countRefused(statistics, since: before)
        for (outcome, added) in outcomes?.take() ?? [:] { count(outcome.label, added, [outcome.dimension]) }
    }

    private func countRefused(_ now: SocketIOStatistics, since before: SocketIOStatistics?) {
        for (bound, count) in now.refusedConnections {
            let added = count - (before?.refusedConnections[bound] ?? 0)
            self.count("socketio_refused_connections_total", added, [("reason", bound)])
        }
        count("socketio_refused_packets_total", now.refused - (before?.refused ?? 0), [])
        count("socketio_dropped_packets_total", now.dropped - (before?.dropped ?? 0), [])
    }

    private func count(_ label: String, _ added: Int, _ dimensions: [(String, String)]) {
        guard added > 0 else { return }
        CoreMetrics.Counter(label: label, dimensions: dimensions, factory: factory).increment(by: added)
    }
}
