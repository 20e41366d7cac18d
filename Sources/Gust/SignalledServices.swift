package import Logging
package import ServiceLifecycle
import UnixSignals

/// Runs services until a signal stops them.
package enum SignalledServices {
    private enum Event: Sendable {
        /// The second signal, or the cancellation of the task that waits for it.
        case secondSignal
        case end(Result<Void, any Error>)
    }

    /// Runs services until `SIGTERM` or `SIGINT`, then stops them gracefully; a second signal cancels them.
    ///
    /// - Throws: The error of a service.
    package static func run(_ services: [any Service], logger: Logger) async throws {
        let group = ServiceGroup(services: services, logger: logger)
        try await run(group)
    }

    /// Runs a group in the same way.
    ///
    /// - Throws: The error of a service.
    package static func run(_ group: ServiceGroup) async throws {
        // The signals are trapped before anything listens: a signal that comes early must not be lost.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Event.self) { tasks in
            tasks.addTask {
                do {
                    return .end(.success(try await group.run()))
                } catch {
                    return .end(.failure(error))
                }
            }
            tasks.addTask {
                var isStopping = false
                for await _ in signals {
                    guard !isStopping else { break }
                    isStopping = true
                    await group.triggerGracefulShutdown()
                }
                return .secondSignal
            }
            var isCancelled = false
            for try await event in tasks {
                switch event {
                case .secondSignal:
                    isCancelled = true
                    tasks.cancelAll()
                case .end(let result):
                    tasks.cancelAll()
                    // The services of a group that was cancelled by the second signal end with an error of the cancellation.
                    if !isCancelled { try result.get() }
                    return
                }
            }
        }
    }
}
