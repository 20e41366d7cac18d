#if Redis
/// What the name of a subscription stands for.
package enum RedisSubscriptionKind: UInt8, Sendable, Hashable {
    /// A channel (`SUBSCRIBE`).
    case channel
    /// A glob pattern, which matches any number of channels (`PSUBSCRIBE`).
    case pattern
    /// A channel of a shard (`SSUBSCRIBE`, Redis 7 and later).
    case shard
}
#endif
