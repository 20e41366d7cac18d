import NIOCore

/// Observing how received events are handled.
extension Socket {
    /// Whether the handling of events is observed.
    var isObserved: Bool { !connection.io.observers.isEmpty }

    /// Calls `body`, which calls the handlers of an event, and observes them until the last one has ended.
    ///
    /// Called on the loop.
    func observe(_ name: String, isRegistered: Bool, _ body: () -> Void) {
        let shard = connection.shard
        let event = EventInProgress(
            namespace: namespace.label,
            event: isRegistered ? name : EventLabel.other,
            at: shard.eventLoop.now
        )
        let outer = shard.eventInProgress
        shard.eventInProgress = event
        body()
        shard.eventInProgress = outer
        end(event)
    }

    /// Ends the call of the handlers of an event that is observed, or the task of one of them.
    ///
    /// Called on the loop.
    func end(_ event: EventInProgress) {
        guard let time = event.end(at: connection.shard.eventLoop.now) else { return }
        connection.io.handlerTimes.record(namespace: event.namespace, event: event.event, time)
    }
}
