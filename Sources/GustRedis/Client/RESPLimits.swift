#if Redis
/// The bounds of one reply; a reply that exceeds one of them ends the connection.
public struct RESPLimits: Sendable, Hashable {
    /// The maximum length of one string, in bytes.
    public var stringBytes = 64 << 20
    /// The maximum number of values in one reply, with all nested values.
    public var elements = 1 << 20
    /// The maximum depth of nested arrays, sets and maps.
    public var depth = 32
    /// The maximum length of one reply, in bytes.
    public var replyBytes = 128 << 20

    /// Makes the default bounds: strings of 64 MiB, 1,048,576 values, 32 levels, replies of 128 MiB.
    public init() {}
}
#endif
