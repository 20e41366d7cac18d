import Synchronization

/// How much memory the compression contexts of one loop's WebSockets have reserved, in bytes.
final class ContextMemory: Sendable {
    private let reserved = Atomic<Int>(0)

    /// The bytes that are reserved.
    var current: Int { reserved.load(ordering: .relaxed) }

    /// Reserves bytes; false if more than `maximum` would be reserved.
    func reserve(_ bytes: Int, maximum: Int) -> Bool {
        guard current + bytes <= maximum else { return false }
        reserved.wrappingAdd(bytes, ordering: .relaxed)
        return true
    }

    /// Gives reserved bytes back; may be called from any thread.
    func release(_ bytes: Int) {
        reserved.wrappingSubtract(bytes, ordering: .relaxed)
    }
}
