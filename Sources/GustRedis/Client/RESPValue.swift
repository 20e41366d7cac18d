#if Redis
public import NIOCore

/// A reply of Redis.
///
/// Texts are bytes: Redis knows no encoding. The cases from ``map(_:)`` on exist in RESP3 only; a server of RESP2 sends arrays and bulk
/// strings in their place. Source: the specification of RESP, https://redis.io/docs/latest/develop/reference/protocol-spec/.
public enum RESPValue: Sendable, Hashable {
    /// A short text such as `OK`, without CR and LF.
    case simpleString(ByteBuffer)
    /// An error: a code in capitals, a space and a text.
    ///
    /// The methods of ``RedisClient`` throw a ``RedisError`` in place of an error that is a whole reply. Errors inside of an array, as `EXEC`
    /// returns them, are values.
    case error(ByteBuffer)
    /// An integer of 64 bits.
    case integer(Int)
    /// Any bytes.
    case bulkString(ByteBuffer)
    /// Any number of values.
    case array([RESPValue])
    /// The absence of a value; also the null bulk string and the null array of RESP2.
    case null
    /// The keys and values of a map, one after the other, in the order of the server.
    case map([RESPValue])
    /// The elements of a set, in the order of the server.
    case set([RESPValue])
    /// A message that isn't the reply to a command.
    case push([RESPValue])
    /// A floating-point number, which may be infinite or not a number.
    case double(Double)
    /// A truth value.
    case boolean(Bool)
    /// The decimal digits of an integer of any size, perhaps with a sign.
    case bigNumber(ByteBuffer)
    /// A text for people: three bytes that name its format, a colon, and the text.
    case verbatimString(ByteBuffer)
}

extension RESPValue {
    /// The bytes of a simple, bulk or verbatim string, without the format of the latter; nil for other values.
    public var bytes: ByteBuffer? {
        switch self {
        case .simpleString(let bytes), .bulkString(let bytes): bytes
        case .verbatimString(let bytes): bytes.getSlice(at: bytes.readerIndex + 4, length: bytes.readableBytes - 4)
        default: nil
        }
    }

    /// An integer, or the integer whose decimal digits are the string; nil for other values.
    public var integer: Int? {
        if case .integer(let number) = self { return number }
        guard let bytes else { return nil }
        return RESPNumber.integer(bytes.readableBytesView)
    }

    /// The elements of an array, a set or a push message, and the keys and values of a map; nil for other values.
    public var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .map(let elements), .set(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// `true` if the value is null.
    public var isNull: Bool { self == .null }
}
#endif
