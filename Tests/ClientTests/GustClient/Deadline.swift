import Testing

/// Waiting with a deadline.
enum Deadline {
    /// Something didn't happen in time.
    struct Passed: Error {
        let what: String
    }

    /// Runs `body`, and cancels it after ten seconds.
    static func run<Value: Sendable>(
        _ what: String,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                throw Passed(what: what)
            }
            defer { group.cancelAll() }
            return try #require(await group.next())
        }
    }
}
