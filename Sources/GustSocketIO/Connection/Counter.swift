import Synchronization

/// A counter that one loop writes and any thread reads.
///
/// Because there is one writer, an increment is a plain load and store, without a locked instruction for each message.
struct Counter: ~Copyable {
    private let value = Atomic<Int>(0)

    /// The count; another thread may read a slightly older value.
    var current: Int { value.load(ordering: .relaxed) }

    /// Adds; called on the owning loop only.
    func add(_ amount: Int = 1) {
        value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}
