import CoreMetrics
import NIOCore
import Synchronization

/// The handling of one received event that is observed: from the call of its handlers until the last of them has ended.
final class EventInProgress: Sendable {
    let key: EventKey
    /// The metrics of the event; nil if there are no metrics.
    let metrics: EventMetrics.Handled?
    /// The span of the event; nil if events aren't traced.
    let span: (any EventSpan)?
    private let start: NIODeadline
    /// The call of the handlers, and the tasks of async handlers that haven't ended.
    private let openCount = Atomic<Int>(1)

    init(_ key: EventKey, _ metrics: EventMetrics.Handled?, _ span: (any EventSpan)?, at start: NIODeadline) {
        self.key = key
        self.metrics = metrics
        self.span = span
        self.start = start
    }

    /// Counts the task of an async handler.
    func beginTask() { openCount.wrappingAdd(1, ordering: .relaxed) }

    /// Ends the call of the handlers, or a task.
    ///
    /// - Returns: how long the event took; nil if its handling hasn't ended.
    func end(at now: NIODeadline) -> TimeAmount? {
        openCount.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 ? now - start : nil
    }

    /// Records that a handler failed, or wasn't called because arguments couldn't be decoded.
    func failed(_ error: any Error, isRefusal: Bool) {
        if isRefusal { metrics?.refusedArguments.increment() }
        span?.record(error)
    }
}
