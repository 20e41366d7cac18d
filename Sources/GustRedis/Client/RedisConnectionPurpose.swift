#if Redis
/// What a connection is for.
package enum RedisConnectionPurpose: Sendable, Hashable {
    /// Commands and their replies.
    case commands
    /// Subscriptions: after `SUBSCRIBE`, a connection of RESP2 can't be used for other commands.
    case subscriptions
}
#endif
