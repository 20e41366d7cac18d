#if Redis
/// A change of the connections of a ``RedisClient``.
package enum RedisEvent: Sendable, Equatable {
    /// A connection can be used; also after a reconnection.
    case connected(RedisConnectionPurpose)
    /// A connection that could be used was lost; messages that are published until ``subscriptionRestored`` aren't received.
    case lost(RedisConnectionPurpose, RedisError)
    /// After a reconnection, Redis has confirmed all subscriptions.
    case subscriptionRestored
    /// The subscriptions received nothing although messages were published; the client connects again.
    case deaf
    /// A connection couldn't be made, or the server refused a step of the handshake or a subscription.
    case refused(RedisConnectionPurpose, RedisError)
}
#endif
