package import Synchronization

/// A reference that the first caller stores, and that is loaded without a lock.
///
/// `AtomicLazyReference` does the same, but its calls aren't specialised: each load looks up the metadata of its type.
package struct LazyReference<Instance: AnyObject & Sendable>: ~Copyable, Sendable {
    @usableFromInline let reference = Atomic<Unmanaged<Instance>?>(nil)

    /// Makes an empty reference.
    @inlinable
    package init() {}

    /// The stored object; without one, the object that `make` returns, unless another thread stores one first.
    @inlinable @inline(__always)
    package borrowing func value(_ make: () -> Instance) -> Instance {
        if let stored = reference.load(ordering: .acquiring) { return stored.takeUnretainedValue() }
        return store(make())
    }

    /// The stored object; nil without one.
    @inlinable @inline(__always)
    package borrowing func current() -> Instance? { reference.load(ordering: .acquiring)?.takeUnretainedValue() }

    @inlinable
    borrowing func store(_ instance: Instance) -> Instance {
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

    @inlinable
    deinit { reference.load(ordering: .acquiring)?.release() }
}
