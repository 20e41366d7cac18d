#if Redis
import GustRedis

/// The events of a client, for which a test can wait.
struct EventLog {
    private let stream: AsyncStream<RedisEvent>

    init(_ client: RedisClient) {
        let (stream, continuation) = AsyncStream.makeStream(of: RedisEvent.self)
        self.stream = stream
        client.observe { continuation.yield($0) }
    }

    /// Waits for the next event that satisfies the condition; earlier events are dropped.
    @discardableResult func next(where condition: (RedisEvent) -> Bool) async -> RedisEvent? {
        for await event in stream where condition(event) { return event }
        return nil
    }

    /// Waits for an event; earlier events are dropped.
    func next(_ event: RedisEvent) async {
        await next { $0 == event }
    }
}
#endif
