#if Redis
package import NIOCore

/// A subscription of a ``RedisClient``; it ends with ``cancel()``.
///
/// Several subscriptions to one name share one `SUBSCRIBE`. After a reconnection the client subscribes again.
package final class RedisSubscription: Sendable {
    let key: RedisSubscriptionKey
    /// Is called with the channel and payload of each message, on the loop of the client, in the order of the server.
    let receive: @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void

    private let subscriptions: RedisSubscriptions
    private let eventLoop: any EventLoop

    init(
        _ key: RedisSubscriptionKey,
        _ subscriptions: RedisSubscriptions,
        _ eventLoop: any EventLoop,
        _ receive: @escaping @Sendable (ByteBuffer, ByteBuffer) -> Void
    ) {
        self.key = key
        self.subscriptions = subscriptions
        self.eventLoop = eventLoop
        self.receive = receive
    }

    /// What the name stands for.
    package var kind: RedisSubscriptionKind { key.kind }

    /// The channel or pattern.
    package var name: ByteBuffer { key.name }

    /// Ends the subscription, from any thread; messages that are on their way may still be received.
    package func cancel() {
        subscriptions.remove(self)
    }

    /// Waits until Redis has confirmed the subscription; returns at once if Redis has done so on the present connection.
    ///
    /// - Throws: ``RedisError/timedOut`` after the command timeout of the settings; the error of the server if it refuses the subscription or
    ///   the connection; ``RedisError/closed`` if the subscription was cancelled.
    package func confirmed() async throws {
        let promise = eventLoop.makePromise(of: Void.self)
        subscriptions.whenConfirmed(self, promise)
        try await promise.futureResult.get()
    }
}
#endif
