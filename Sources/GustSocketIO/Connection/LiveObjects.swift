import Synchronization

/// Counts the living objects of one kind, so that tests and `/stats` can see that nothing is leaked.
package final class LiveObjects: Sendable {
    /// Is told of each endpoint that is made: by it a test finds those whose objects it counts, whatever runs beside it.
    @TaskLocal package static var witness: (@Sendable (SocketIO) -> Void)?

    private let count = Atomic<Int>(0)

    package init() {}

    /// How many live now.
    package var current: Int { count.load(ordering: .relaxed) }

    func increment() { count.wrappingAdd(1, ordering: .relaxed) }
    func decrement() { count.wrappingSubtract(1, ordering: .relaxed) }
}
