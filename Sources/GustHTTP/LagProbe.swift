package import NIOCore

/// The state of ``LoopLag``, without a clock.
package struct LagProbe: Sendable {
    /// How long after a question the delay is measured.
    package static let interval = TimeAmount.milliseconds(10)
    /// How long a measured delay counts.
    package static let lifetime = TimeAmount.seconds(1)

    private var last = TimeAmount.zero
    private var expiry = NIODeadline.uptimeNanoseconds(0)
    /// When the task that is scheduled should run; nil if none is scheduled.
    private var planned: NIODeadline?

    package init() {}

    /// The lag at `now`, and whether a task must be scheduled after ``interval``, which calls ``end(at:)``.
    package mutating func ask(at now: NIODeadline) -> (lag: TimeAmount, begins: Bool) {
        let known = now < expiry ? last : .zero
        if let planned { return (max(known, now - planned), false) }
        planned = now + Self.interval
        return (known, true)
    }

    /// The task has run.
    package mutating func end(at now: NIODeadline) {
        guard let planned else { return }
        last = max(.zero, now - planned)
        expiry = now + Self.lifetime
        self.planned = nil
    }
}
