import Dispatch
import GustHTTP
import HTTPTypes
import Synchronization

/// Computes hashes of passwords on two threads, away from the loops, so that many sign-ins at once take neither all processors nor
/// all memory.
final class PasswordQueue: Sendable {
    /// The maximum number of hashes that wait or are computed.
    private static let capacity = 66

    /// The queues, each of which computes one hash at a time.
    private let lanes = [DispatchQueue(label: "gust.password.1"), DispatchQueue(label: "gust.password.2")]
    /// The number of hashes that wait or are computed in each queue.
    private let counts = Mutex([0, 0])

    /// Calls `work` on a thread of the queue.
    ///
    /// - Throws: ``HTTPError`` with status 503 if too many hashes wait; `CancellationError` if the task is cancelled while it waits.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
        let lane = counts.withLock { counts -> Int? in
            guard counts[0] + counts[1] < Self.capacity else { return nil }
            let lane = counts[0] <= counts[1] ? 0 : 1
            counts[lane] += 1
            return lane
        }
        guard let lane else { throw HTTPError(.serviceUnavailable, headers: [.retryAfter: "1"]) }
        defer { counts.withLock { $0[lane] -= 1 } }
        let isCancelled = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                lanes[lane].async {
                    guard !isCancelled.isSet else { return continuation.resume(throwing: CancellationError()) }
                    continuation.resume(returning: work())
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    /// A flag that can be set once, from any thread.
    private final class Cancellation: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}
