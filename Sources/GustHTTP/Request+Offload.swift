import HTTPTypes
import Synchronization

/// Running work outside of the event loop.
extension Request {
    /// Runs work that blocks or takes long on another thread, and resumes on the loop with its result.
    ///
    /// ```swift
    /// app.post("/signup") { request in
    ///     let form = try await request.form()
    ///     let hash = try await request.offload { try slowHash(form["password"] ?? "") }
    ///     return "kept \(hash)"
    /// }
    /// ```
    ///
    /// An asynchronous handler stays on the loop of its connection, even in `@concurrent` functions and in actors without an
    /// executor of their own. Blocking there blocks all connections of the loop. A server runs `work` on a thread pool that its
    /// loops share: NIO's singleton pool, with one thread per core unless `NIOSingletons` is configured otherwise. At most
    /// 10,000 calls wait for a thread.
    ///
    /// Work that has begun isn't interrupted. If the client disconnects before `work` has begun, `work` isn't called.
    /// - Parameter work: Called at most once, on a thread that may be blocked.
    /// - Returns: The result of `work`.
    /// - Throws: The error of `work`; `CancellationError` if the task was cancelled before `work` began; ``HTTPError`` with
    ///   status 503 if too many calls wait.
    public func offload<Value>(
        _ work: @escaping @Sendable () throws -> sending Value
    ) async throws -> sending Value {
        let offloader = executor.offloader
        let isCancelled = Flag()
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                offloader.run { hasRoom in
                    guard hasRoom else {
                        return continuation.resume(
                            throwing: HTTPError(.serviceUnavailable, headers: [.retryAfter: "1"])
                        )
                    }
                    guard !isCancelled.isSet else { return continuation.resume(throwing: CancellationError()) }
                    do { continuation.resume(returning: try work()) } catch { continuation.resume(throwing: error) }
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    /// Runs asynchronous work on Swift's global concurrent executor, and resumes on the loop with its result.
    ///
    /// This is for work that computes for long between suspensions. The work must not block, because the executor has one thread
    /// per core for the whole process.
    /// - Parameter work: Runs in a task of its own, without the task-local values of the caller. The task is cancelled when the
    ///   calling task is cancelled.
    /// - Returns: The result of `work`.
    /// - Throws: The error of `work`.
    public func offload<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task.detached(operation: work)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// A flag that can be set once, from any thread.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}
