import CoreMetrics
import NIOCore
import Synchronization

/// Hands an endpoint's numbers to swift-metrics, every so often while anybody is connected, so that no message pays for it.
///
/// Counters get what was added since the last report. `socketio_connections` and `socketio_sockets` are what is open now;
/// `socketio_sessions_total`, `socketio_packets_total` and `socketio_bytes_total` only grow. The dimensions are `transport`
/// and, for traffic, `direction` (`in`, `out`). `socketio_refused_connections_total` has the dimension `reason`, the bound that was
/// reached, and `socketio_refused_packets_total` counts what wasn't sent because a loop had too much to do. All dimensions are
/// names that the endpoint knows, never a client's words, so their number is bounded.
final class MetricsReporter: Sendable {
    private struct State {
        var isScheduled = false
        var reported: SocketIOStatistics?
    }

    private let factory: any MetricsFactory
    private let interval: TimeAmount
    private let state = Mutex(State())

    init(factory: any MetricsFactory, interval: Duration) {
        self.factory = factory
        self.interval = TimeAmount(interval)
    }

    /// Reports once the interval is over, and again as long as somebody is connected; called on `loop`.
    func begin(for io: SocketIO, on loop: any EventLoop) {
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

    /// Reports now.
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
    }

    private func countRefused(_ now: SocketIOStatistics, since before: SocketIOStatistics?) {
        for (bound, count) in now.refusedConnections {
            let added = count - (before?.refusedConnections[bound] ?? 0)
            self.count("socketio_refused_connections_total", added, [("reason", bound)])
        }
        count("socketio_refused_packets_total", now.refused - (before?.refused ?? 0), [])
    }

    private func count(_ label: String, _ added: Int, _ dimensions: [(String, String)]) {
        guard added > 0 else { return }
        CoreMetrics.Counter(label: label, dimensions: dimensions, factory: factory).increment(by: added)
    }
}
