#if Redis
import NIOCore

/// A value that a connection with subscriptions has received: a push message of RESP3, or an array of RESP2 with the same elements.
///
/// Source: https://redis.io/docs/latest/develop/interact/pubsub/, "Format of pushed messages".
enum RedisSubscriptionMessage: Equatable {
    /// A message on a channel that matches the subscription.
    case message(RedisSubscriptionKey, channel: ByteBuffer, payload: ByteBuffer)
    /// The subscription has begun.
    case began(RedisSubscriptionKey)
    /// The subscription has ended.
    case ended(RedisSubscriptionKey)
    /// The last command that is unanswered was refused.
    case refused(RedisError)
    /// A push message about something else.
    case other

    /// Makes the message of a value; nil if a connection with subscriptions doesn't receive such a value.
    init?(_ value: RESPValue) {
        let elements: [RESPValue]
        switch value {
        case .push(let values), .array(let values): elements = values
        case .error(let text):
            self = .refused(RedisError(server: text))
            return
        default: return nil
        }
        guard elements.count >= 3, case .bulkString(let type) = elements[0], case .bulkString(let name) = elements[1]
        else {
            guard case .push = value else { return nil }
            self = .other
            return
        }
        func key(_ kind: RedisSubscriptionKind) -> RedisSubscriptionKey { RedisSubscriptionKey(kind: kind, name: name) }
        switch (type.readableBytes, elements[2]) {
        case (7, .bulkString(let payload)) where type.equals("message"):
            self = .message(key(.channel), channel: name, payload: payload)
        case (8, .bulkString(let payload)) where type.equals("smessage"):
            self = .message(key(.shard), channel: name, payload: payload)
        case (8, .bulkString(let channel)) where type.equals("pmessage"):
            guard elements.count == 4, case .bulkString(let payload) = elements[3] else { return nil }
            self = .message(key(.pattern), channel: channel, payload: payload)
        case (_, .integer) where type.equals("subscribe"): self = .began(key(.channel))
        case (_, .integer) where type.equals("psubscribe"): self = .began(key(.pattern))
        case (_, .integer) where type.equals("ssubscribe"): self = .began(key(.shard))
        case (_, .integer) where type.equals("unsubscribe"): self = .ended(key(.channel))
        case (_, .integer) where type.equals("punsubscribe"): self = .ended(key(.pattern))
        case (_, .integer) where type.equals("sunsubscribe"): self = .ended(key(.shard))
        default:
            guard case .push = value else { return nil }
            self = .other
        }
    }
}

extension ByteBuffer {
    /// Whether the readable bytes are those of `text`.
    fileprivate func equals(_ text: StaticString) -> Bool {
        readableBytes == text.utf8CodeUnitCount
            && withUnsafeReadableBytes { bytes in text.withUTF8Buffer { bytes.elementsEqual($0) } }
    }
}
#endif
