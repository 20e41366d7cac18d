import Synchronization

/// A count that one loop writes and anybody reads.
///
/// Because there is one writer, an increment is a plain load and store: no locked instruction on the way of a message.
struct Counter: ~Copyable {
    private let value = Atomic<Int>(0)

    /// The count; a reader on another thread may be a little late.
    var current: Int { value.load(ordering: .relaxed) }

    /// Adds; called on the owning loop only.
    func add(_ amount: Int = 1) {
        value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}
