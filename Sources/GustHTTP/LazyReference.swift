package import Synchronization

/// A reference that the first caller stores, and that is loaded without a lock.
///
/// `AtomicLazyReference` does the same, but its calls aren't specialised: each load looks up the metadata of its type. Here the atomic
/// value has no type parameter, so that calls which aren't specialised either, as those of other modules, look up nothing.
package struct LazyReference<Instance: AnyObject & Sendable>: ~Copyable, Sendable {
    /// The address of the object, which is retained; 0 without one.
    @usableFromInline let address = Atomic<UInt>(0)

    /// Makes an empty reference.
    @inlinable
    package init() {}

    /// The stored object; without one, the object that `make` returns, unless another thread stores one first.
    @inlinable @inline(__always)
    package borrowing func value(_ make: () -> Instance) -> Instance { current() ?? store(make()) }

    /// The stored object; nil without one.
    @inlinable @inline(__always)
    package borrowing func current() -> Instance? { Self.object(at: address.load(ordering: .acquiring)) }

    /// Calls `body` with the stored object, which is kept until the end of this value, so that its references needn't be counted; nil without
    /// one.
    @inlinable @inline(__always)
    package borrowing func withCurrent<Result>(_ body: (Instance) -> Result) -> Result? {
        guard let pointer = UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring)) else { return nil }
        return Unmanaged<Instance>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
    }

    /// Stores an object unless another thread has stored one; returns the one that is stored.
    @inlinable
    package borrowing func store(_ instance: Instance) -> Instance {
        let own = Unmanaged.passRetained(instance)
        let (isStored, stored) = address.compareExchange(
            expected: 0,
            desired: UInt(bitPattern: own.toOpaque()),
            ordering: .acquiringAndReleasing
        )
        guard !isStored, let stored = Self.object(at: stored) else { return instance }
        own.release()
        return stored
    }

    /// The object at an address that ``store(_:)`` has stored, so that it is one of an `Instance`.
    @inlinable @inline(__always)
    static func object(at address: UInt) -> Instance? {
        guard let pointer = UnsafeRawPointer(bitPattern: address) else { return nil }
        return Unmanaged<Instance>.fromOpaque(pointer).takeUnretainedValue()
    }

    @inlinable
    deinit {
        guard let stored = UnsafeRawPointer(bitPattern: address.load(ordering: .acquiring)) else { return }
        Unmanaged<Instance>.fromOpaque(stored).release()
    }
}
