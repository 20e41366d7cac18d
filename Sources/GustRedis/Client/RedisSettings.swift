#if Redis
/// How a ``RedisClient`` connects, and what it waits for.
///
/// ```swift
/// var redis = RedisSettings(.host("10.0.0.7"))
/// redis.password = "hunter2"
/// let client = RedisClient(redis)
/// ```
public struct RedisSettings: Sendable {
    /// Where the server listens.
    public var address: RedisAddress
    /// The user of the access control list of Redis 6 and later; nil for the user `default`.
    public var username: String?
    /// The password; nil if the server needs none.
    public var password: String?
    /// The number of the database.
    public var database = 0
    #if TLS
    /// TLS for the connections; nil for plain TCP.
    ///
    /// Available with the package trait `TLS`.
    public var tls: RedisTLS?
    #endif
    /// How long to wait for a connection, and then for the end of its handshake.
    public var connectTimeout: Duration = .seconds(5)
    /// How long a command waits for its reply if it has no deadline of its own; includes the wait for a connection.
    public var commandTimeout: Duration = .seconds(5)
    /// The maximum size of all commands without a reply, in bytes, with 64 bytes for each command; further commands fail at once with
    /// ``RedisError/overloaded``.
    public var maximumPendingBytes = 32 << 20
    /// The bounds of one reply.
    public var replyLimits = RESPLimits()
    /// The pause after the first failed attempt to connect.
    ///
    /// It doubles with each further failure, and half of each pause is random.
    public var minimumBackOff: Duration = .milliseconds(50)
    /// The maximum pause between two attempts to connect.
    public var maximumBackOff: Duration = .seconds(1)
    /// How often the client checks that its subscriptions still receive.
    ///
    /// For this the client publishes to a channel of its own, `gust-probe:` and a random text. If nothing arrives for two intervals, it connects
    /// again.
    public var probeInterval: Duration = .seconds(2)
    /// The name of the connections in `CLIENT LIST`, without spaces.
    public var clientName = "gust"

    /// Makes settings with default values.
    ///
    /// - Parameter address: Where the server listens.
    public init(_ address: RedisAddress = .host("127.0.0.1")) {
        self.address = address
    }
}

extension RedisSettings: CustomStringConvertible {
    /// The address and the database; never the password.
    public var description: String { database == 0 ? "\(address)" : "\(address) database \(database)" }
}
#endif
