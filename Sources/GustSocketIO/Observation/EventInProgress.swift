import NIOCore
import Synchronization

/// The handling of one received event that is observed: from the call of its handlers until the last of them has ended.
final class EventInProgress: Sendable {
    let namespace: String
    let event: String
    private let start: NIODeadline
    /// The call of the handlers, and the tasks of async handlers that haven't ended.
    private let openCount = Atomic<Int>(1)

    init(namespace: String, event: String, at start: NIODeadline) {
        self.namespace = namespace
        self.event = event
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
}
