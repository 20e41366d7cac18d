extension Task where Failure == Never {
    /// Starts a task synchronously: `operation` runs up to its first suspension before this method returns.
    ///
    /// This method must be called on the thread of `executor`. On macOS before 26, whose runtime has no `Task.immediate`, the
    /// task is enqueued on `executor` and starts after the caller has returned to the loop. In both cases tasks start in the
    /// order of the calls.
    @discardableResult
    package static func startingInPlace(
        on executor: any TaskExecutor,
        _ operation: sending @escaping @isolated(any) () async -> Success
    ) -> Task<Success, Failure> {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            Task.immediate(executorPreference: executor, operation: operation)
        } else {
            Task(executorPreference: executor, operation: operation)
        }
    }
}
