import Synchronization

/// Counts the replies that a node has sent for one request.
final class ReplyCounter: Sendable {
    private let replies = Atomic<Int>(0)

    /// The number of replies.
    var count: Int { replies.load(ordering: .acquiring) }

    /// Counts one more.
    func increment() { replies.wrappingAdd(1, ordering: .releasing) }
}
