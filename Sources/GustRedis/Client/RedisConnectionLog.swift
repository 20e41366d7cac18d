#if Redis
import Logging

/// Logs the changes of a connection: each loss, and each new reason why there is no connection, once.
final class RedisConnectionLog {
    private let logger: Logger
    private let purpose: RedisConnectionPurpose
    /// The reason that was logged last, until there is a connection.
    private var reason: RedisError?

    init(_ purpose: RedisConnectionPurpose, _ settings: RedisSettings, _ logger: Logger) {
        self.purpose = purpose
        var logger = logger
        logger[metadataKey: "redis"] = "\(settings)"
        self.logger = logger
    }

    private var name: String { purpose == .commands ? "commands" : "subscriptions" }

    func connected() {
        if reason != nil { logger.info("Redis is connected again for \(name)") }
        reason = nil
    }

    func lost(_ error: RedisError) {
        reason = error
        logger.warning("Redis (\(name)): \(error); connecting again")
    }

    func refused(_ error: RedisError) {
        guard reason != error else { return }
        reason = error
        logger.error("Redis (\(name)): \(error)")
    }
}
#endif
