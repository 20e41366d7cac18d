extension Task where Failure == Never {
    /// Starts a task in place: `operation` runs up to its first suspension before this method returns.
    ///
    /// Call it on the thread of `executor`. On macOS before 26, whose runtime has no `Task.immediate`, the task is enqueued on `executor`
    /// instead and starts after the caller has returned to the loop; tasks start in the order of the calls in both cases.
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
