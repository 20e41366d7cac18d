import HTTPTypes
import Synchronization

/// Work away from the event loop.
extension Request {
    /// Runs work that blocks or takes long on another thread, and returns to the loop with its result.
    ///
    /// ```swift
    /// app.post("/signup") { request in
    ///     let form = try await request.form()
    ///     let hash = try await request.offload { try slowHash(form["password"] ?? "") }
    ///     return "kept \(hash)"
    /// }
    /// ```
    ///
    /// An async handler stays on the loop of its connection, also in `@concurrent` functions and in actors without an executor of
    /// their own; whatever blocks there blocks every other connection of the loop. A server runs this work on a pool of
    /// threads that is shared by its loops (NIO's singleton pool, as many threads as cores unless `NIOSingletons` is told otherwise); at
    /// most 10,000 wait for a thread.
    ///
    /// Work that has begun isn't interrupted. If the client leaves before, it isn't begun.
    /// - Parameter work: called once, on a thread that may be blocked.
    /// - Returns: what `work` returns.
    /// - Throws: what `work` throws; `CancellationError` if the task was cancelled before `work` began; ``HTTPError`` with status
    ///   503 if too much work waits.
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

    /// Runs async work on the global concurrent pool, and returns to the loop with its result.
    ///
    /// For work that computes for long between its waits. It must not block: the pool has one thread a core, for the whole process.
    /// - Parameter work: runs in a task of its own, with the priority of this one and without its task-local values. The task is cancelled
    ///   when this one is.
    /// - Returns: what `work` returns.
    /// - Throws: what `work` throws.
    public func offload<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task.detached(operation: work)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Something that becomes true once.
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}
