#if Redis
import NIOCore

/// The name of a subscription and what it stands for.
struct RedisSubscriptionKey: Hashable, Sendable {
    let kind: RedisSubscriptionKind
    let name: ByteBuffer

    /// The command that begins or ends the subscription.
    func command(begins: Bool) -> RedisCommand {
        var command =
            switch kind {
            case .channel: RedisCommand(begins ? "SUBSCRIBE" : "UNSUBSCRIBE")
            case .pattern: RedisCommand(begins ? "PSUBSCRIBE" : "PUNSUBSCRIBE")
            case .shard: RedisCommand(begins ? "SSUBSCRIBE" : "SUNSUBSCRIBE")
            }
        command.append(name)
        return command
    }
}
#endif
