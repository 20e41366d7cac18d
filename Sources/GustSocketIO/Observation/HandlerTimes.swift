import GustHTTP
import NIOCore
import Synchronization

/// How long the handlers of received events take, while somebody watches.
///
/// An event is measured from the call of its handlers until all of them have returned and the tasks of the async ones have
/// ended, on the clock of the event loop. While nobody watches, an event costs one relaxed load. The times are those since the
/// first watcher began, and are removed when the last one ends. May be used from any thread.
package final class HandlerTimes: Sendable {
    /// The times of the events of one name.
    package struct Entry: Sendable, Equatable {
        /// The namespace; for namespaces of a family its pattern, or `dynamic` if the family has no pattern.
        package var namespace: String
        /// The name of the event; `other` if no handler is registered for the name.
        package var event: String
        /// How many events were handled.
        package var count: Int
        /// The sum of the times.
        package var total: Duration
        /// The longest time.
        package var longest: Duration
    }

    private struct Key: Hashable {
        let namespace: ByteText
        let event: ByteText
    }

    private struct Times {
        var count = 0
        var total = TimeAmount.zero
        var longest = TimeAmount.zero

        mutating func add(_ time: TimeAmount) {
            count += 1
            total = total + time
            longest = max(longest, time)
        }
    }

    private struct State {
        var watcherCount = 0
        var times: [Key: Times] = [:]
    }

    /// The greatest number of names; further ones count as `other` in the namespace `other`.
    static let maximumCount = 1_000
    /// The greatest number of entries of ``slowest``.
    private static let maximumEntryCount = 100

    private let observers: EventObservers
    private let state = Mutex(State())

    init(_ observers: EventObservers) {
        self.observers = observers
    }

    /// Whether somebody watches.
    package var isWatched: Bool { observers.contains(.handlerTimes) }

    /// Adds a watcher: the times of later events are kept until as many calls of ``endWatching()`` have followed.
    package func beginWatching() {
        state.withLock { state in
            state.watcherCount += 1
            observers.insert(.handlerTimes)
        }
    }

    /// Removes a watcher, and all times if it is the last one; does nothing if nobody watches.
    package func endWatching() {
        state.withLock { state in
            guard state.watcherCount > 0 else { return }
            state.watcherCount -= 1
            guard state.watcherCount == 0 else { return }
            observers.remove(.handlerTimes)
            state.times = [:]
        }
    }

    /// The times, those with the longest time first; at most 100.
    package var slowest: [Entry] {
        let times = state.withLock { $0.times }
        let sorted = times.sorted { left, right in
            guard left.value.longest == right.value.longest else { return left.value.longest > right.value.longest }
            return (left.key.namespace, left.key.event) < (right.key.namespace, right.key.event)
        }
        return sorted.prefix(Self.maximumEntryCount).map { key, times in
            Entry(
                namespace: key.namespace.string,
                event: key.event.string,
                count: times.count,
                total: .nanoseconds(times.total.nanoseconds),
                longest: .nanoseconds(times.longest.nanoseconds)
            )
        }
    }

    /// Adds the time of one event; does nothing if nobody watches.
    func record(namespace: String, event: String, _ time: TimeAmount) {
        let key = Key(namespace: ByteText(namespace), event: ByteText(event))
        let rest = Key(namespace: ByteText(EventLabel.other), event: ByteText(EventLabel.other))
        state.withLock { state in
            // An event may end after the last watcher.
            guard state.watcherCount > 0 else { return }
            // The program chooses the names, but it may make them of what clients send.
            let isKnown = state.times[key] != nil || state.times.count < Self.maximumCount
            let key = isKnown ? key : rest
            state.times[key, default: Times()].add(time)
        }
    }
}
