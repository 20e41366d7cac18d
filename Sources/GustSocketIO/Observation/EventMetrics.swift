import CoreMetrics
import GustHTTP
import NIOCore
import Synchronization

/// The metrics of events and acknowledgements by name, in a table with a bound.
///
/// `socketio_handler_duration_seconds` is the time of the handlers of an event, `socketio_refused_arguments_total` counts events
/// whose arguments couldn't be decoded, `socketio_acknowledgement_duration_seconds` is the time from an event of the server to
/// its acknowledgement; their dimensions are `namespace` and `event`. `socketio_loop_lag_seconds` has no dimensions.
///
/// Each time is passed to the recorder of swift-metrics at once. A recorder takes one value at a time, so times that a loop
/// gathered in buckets would have to be passed one by one later, and less exactly. Each loop keeps the recorders that it has
/// used (``Cache``), so an event takes no lock of Gust's. May be used from any thread.
final class EventMetrics: Sendable {
    /// The metrics of the handlers of one event.
    final class Handled: Sendable {
        let duration: CoreMetrics.Timer
        let refusedArguments: CoreMetrics.Counter

        init(_ key: EventKey, _ factory: any MetricsFactory) {
            let dimensions = [("namespace", key.namespace.string), ("event", key.event.string)]
            duration = .init(label: "socketio_handler_duration_seconds", dimensions: dimensions, factory: factory)
            refusedArguments = .init(
                label: "socketio_refused_arguments_total",
                dimensions: dimensions,
                factory: factory
            )
        }
    }

    /// The metrics that one loop has used, which that loop finds without a lock.
    struct Cache {
        fileprivate var handled: [EventKey: Handled] = [:]
        fileprivate var acknowledged: [EventKey: CoreMetrics.Timer] = [:]
    }

    private struct State {
        var handled: [EventKey: Handled] = [:]
        var acknowledged: [EventKey: CoreMetrics.Timer] = [:]
    }

    /// The greatest number of events with metrics of their own; further ones count as `other` in the namespace `other`.
    static let maximumCount = 1_000

    /// How late the tasks of event loops run: the longest lag of each second of each loop.
    let lag: CoreMetrics.Timer
    private let factory: any MetricsFactory
    private let state = Mutex(State())

    /// Makes the metrics; nil if the factory discards all values.
    init?(_ factory: any MetricsFactory) {
        guard !(factory is NOOPMetricsHandler) else { return nil }
        self.factory = factory
        lag = .init(label: "socketio_loop_lag_seconds", dimensions: [], factory: factory)
    }

    /// The metrics of the handlers of an event; called on the loop of `cache`.
    func handled(_ key: EventKey, _ cache: inout Cache) -> Handled {
        if let known = cache.handled[key] { return known }
        let (found, isKnown) = state.withLock { state in
            Self.find(key, in: &state.handled) { Handled($0, factory) }
        }
        if isKnown { cache.handled[key] = found }
        return found
    }

    /// The time of the acknowledgements of an event of the server; called on the loop of `cache`.
    func acknowledged(_ key: EventKey, _ cache: inout Cache) -> CoreMetrics.Timer {
        if let known = cache.acknowledged[key] { return known }
        let (found, isKnown) = state.withLock { state in
            Self.find(key, in: &state.acknowledged) { key in
                CoreMetrics.Timer(
                    label: "socketio_acknowledgement_duration_seconds",
                    dimensions: [("namespace", key.namespace.string), ("event", key.event.string)],
                    factory: factory
                )
            }
        }
        if isKnown { cache.acknowledged[key] = found }
        return found
    }

    /// The value under `key`, made if there is room for it, or else the value of the rest; and whether it is that of `key`.
    private static func find<Value>(
        _ key: EventKey,
        in table: inout [EventKey: Value],
        _ make: (EventKey) -> Value
    ) -> (Value, isKnown: Bool) {
        let isKnown = table[key] != nil || table.count < maximumCount
        let key = isKnown ? key : .rest
        if let value = table[key] { return (value, isKnown) }
        let made = make(key)
        table[key] = made
        return (made, isKnown)
    }
}
