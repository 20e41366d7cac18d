#if Redis
package import NIOCore

/// A subscription of a ``RedisClient``; it ends with ``cancel()``.
package final class RedisSubscription: Sendable {
    package let kind: RedisSubscriptionKind
    /// The channel or pattern.
    package let name: ByteBuffer
    /// Is called with the channel and payload of each message, on the loop of the client.
    let receive: @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void

    init(
        _ kind: RedisSubscriptionKind,
        _ name: ByteBuffer,
        _ receive: @escaping @Sendable (ByteBuffer, ByteBuffer) -> Void
    ) {
        self.kind = kind
        self.name = name
        self.receive = receive
    }

    /// Ends the subscription; messages that are on their way may still be received.
    package func cancel() {}

    /// Waits until Redis has confirmed the subscription; returns at once if it has done so on the current connection.
    ///
    /// - Throws: ``RedisError/timedOut`` after the command timeout of the settings; the error of the server if it refuses.
    package func confirmed() async throws {}
}
#endif
