import Synchronization

/// A number that threads change at the same time.
struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    var value: Double {
        get { Double(bitPattern: bits.load(ordering: .relaxed)) }
        nonmutating set { bits.store(newValue.bitPattern, ordering: .relaxed) }
    }

    /// Adds; repeated while other threads change the number.
    func add(_ amount: Double) {
        var before = bits.load(ordering: .relaxed)
        while true {
            let after = (Double(bitPattern: before) + amount).bitPattern
            let (isExchanged, original) = bits.weakCompareExchange(expected: before, desired: after, ordering: .relaxed)
            if isExchanged { return }
            before = original
        }
    }
}
