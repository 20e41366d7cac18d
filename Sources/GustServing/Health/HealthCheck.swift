import Logging
import Synchronization

/// A named check with a deadline.
final class HealthCheck: Sendable {
    /// How a check ended.
    enum Result: Sendable {
        case passed
        case failed(any Error)
        case late
        /// The check of an earlier request hasn't ended, although its deadline has passed.
        case stuck
    }

    let name: String
    private let timeout: Duration
    private let body: @Sendable () async throws -> Void
    private let isRunning = Atomic<Bool>(false)

    init(name: String, timeout: Duration, body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.timeout = timeout
        self.body = body
    }

    /// Runs the check, and returns at its deadline at the latest.
    func run(_ clock: any Clock<Duration>) async -> Result {
        // A check that ignores the cancellation of its task is not started again.
        guard !isRunning.exchange(true, ordering: .acquiringAndReleasing) else { return .stuck }
        let (results, continuation) = AsyncStream.makeStream(of: Result.self, bufferingPolicy: .bufferingOldest(1))
        // These tasks aren't children, because a parent would wait for a check that ignores its cancellation.
        let work = Task {
            let result: Result
            do {
                try await body()
                result = .passed
            } catch {
                result = .failed(error)
            }
            isRunning.store(false, ordering: .releasing)
            continuation.yield(result)
        }
        let timer = Task { [timeout] in
            do { try await clock.sleep(for: timeout) } catch { return }
            continuation.yield(.late)
        }
        var iterator = results.makeAsyncIterator()
        let result = await iterator.next(isolation: nil) ?? .late
        timer.cancel()
        work.cancel()
        return result
    }
}
