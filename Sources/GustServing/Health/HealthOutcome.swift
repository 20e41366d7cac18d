import Logging

/// The result of a check, as the response shows it.
struct HealthOutcome: Sendable {
    let name: String
    /// What a failed check did wrong; nil for one that passed.
    let output: String?

    /// Makes the outcome of a result, and logs the reason of a failure.
    init(_ name: String, _ result: HealthCheck.Result, _ logger: Logger) {
        self.name = name
        switch result {
        case .passed: output = nil
        case .failed(let error):
            output = "failed"
            logger.warning("a health check failed", metadata: ["check": "\(name)", "error": "\(error)"])
        case .late, .stuck:
            output = "took too long"
            logger.warning("a health check took too long", metadata: ["check": "\(name)"])
        }
    }
}
