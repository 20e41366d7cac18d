import CoreMetrics
import NIOCore

/// Observing how received events are handled.
extension Socket {
    /// Whether the handling of events is observed.
    var isObserved: Bool { !connection.io.observers.isEmpty }

    /// The event whose handlers are being called, if it is observed; called on the loop.
    var eventInProgress: EventInProgress? { connection.shard.eventInProgress }

    /// Calls `body`, which calls the handlers of an event, and observes them until the last one has ended.
    ///
    /// Called on the loop.
    func observe(_ name: String, isRegistered: Bool, _ body: () -> Void) {
        let io = connection.io
        let shard = connection.shard
        let name = isRegistered ? name : EventLabel.other
        let key = EventKey(namespace: namespace.label, event: name)
        let event = EventInProgress(
            key,
            io.eventMetrics?.handled(key, &shard.eventMetrics),
            io.settings.tracer?.begin(name, of: self),
            at: shard.eventLoop.now
        )
        let outer = shard.eventInProgress
        shard.eventInProgress = event
        if let span = event.span { span.run(body) } else { body() }
        shard.eventInProgress = outer
        end(event)
    }

    /// Ends the call of the handlers of an event that is observed, or the task of one of them.
    ///
    /// Called on the loop.
    func end(_ event: EventInProgress) {
        guard let time = event.end(at: connection.shard.eventLoop.now) else { return }
        event.span?.end()
        event.metrics?.duration.recordNanoseconds(time.nanoseconds)
        let times = connection.io.handlerTimes
        if times.isWatched { times.record(event.key, time) }
    }

    /// The timer of the acknowledgements of an event that the server sends; nil if there are no metrics.
    ///
    /// Called on the loop.
    func acknowledgementTimer(of event: String) -> CoreMetrics.Timer? {
        guard let metrics = connection.io.eventMetrics else { return nil }
        let key = EventKey(namespace: namespace.label, event: event)
        return metrics.acknowledged(key, &connection.shard.eventMetrics)
    }
}
