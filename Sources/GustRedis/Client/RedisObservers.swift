#if Redis
import Synchronization

/// The handlers of the events of a client.
final class RedisObservers: Sendable {
    private let handlers = Mutex<[@Sendable (RedisEvent) -> Void]>([])

    func add(_ handler: @escaping @Sendable (RedisEvent) -> Void) {
        handlers.withLock { $0.append(handler) }
    }

    func notify(_ event: RedisEvent) {
        for handler in handlers.withLock({ $0 }) { handler(event) }
    }
}
#endif
