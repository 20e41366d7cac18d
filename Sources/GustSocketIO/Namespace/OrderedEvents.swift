import NIOCore
import Synchronization

/// Events of several threads that are delivered one at a time, in the order in which they were added.
///
/// A handler may cause further events: they are delivered after it has returned.
final class OrderedEvents<Event: Sendable>: Sendable {
    private struct State {
        var waiting = CircularBuffer<Event>(initialCapacity: 0)
        var isDelivering = false
    }

    private let state = Mutex(State())

    /// Adds an event; called under the lock that orders the events.
    func add(_ event: Event) { state.withLock { $0.waiting.append(event) } }

    /// Calls `body` with all events that wait, unless another call does so already, which then delivers these too.
    ///
    /// Called without a lock.
    func deliver(_ body: (Event) -> Void) {
        let isFree = state.withLock { state in
            guard !state.isDelivering else { return false }
            state.isDelivering = true
            return true
        }
        guard isFree else { return }
        while let event = next() { body(event) }
    }

    /// The next event; nil ends the delivery.
    private func next() -> Event? {
        state.withLock { state in
            let event = state.waiting.popFirst()
            if event == nil { state.isDelivering = false }
            return event
        }
    }
}
