import Synchronization

/// A reference that is stored once, by whoever needs it first, and loaded without a lock.
///
/// Does what `AtomicLazyReference` does, whose calls aren't specialised: each load looks for the metadata of its type.
struct LazyReference<Instance: AnyObject & Sendable>: ~Copyable, Sendable {
    private let reference = Atomic<Unmanaged<Instance>?>(nil)

    /// The stored object; without one, the object that `make` returns, unless another thread stores one first.
    @inline(__always)
    borrowing func value(_ make: () -> Instance) -> Instance {
        if let stored = reference.load(ordering: .acquiring) { return stored.takeUnretainedValue() }
        return store(make())
    }

    private borrowing func store(_ instance: Instance) -> Instance {
        let own = Unmanaged.passRetained(instance)
        let (isStored, stored) = reference.compareExchange(
            expected: nil,
            desired: own,
            ordering: .acquiringAndReleasing
        )
        guard !isStored, let stored else { return instance }
        own.release()
        return stored.takeUnretainedValue()
    }

    deinit { reference.load(ordering: .acquiring)?.release() }
}
