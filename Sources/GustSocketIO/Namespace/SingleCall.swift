import Synchronization

/// Lets one of several callers do something that must be done once.
final class SingleCall: Sendable {
    private let hasBegun = Atomic<Bool>(false)

    /// Whether the caller is the first; may be called on any thread.
    func begin() -> Bool { !hasBegun.exchange(true, ordering: .acquiringAndReleasing) }
}
