/// A limit for how often something may happen, for each key.
///
/// `RateLimit` of GustWeb counts in this process, `RedisRateLimit` of GustRedis in a whole cluster. Both are middleware for the
/// requests of each client, and ``take(_:)`` limits anything else, such as the events of a socket:
///
/// ```swift
/// func limit(_ socket: Socket, _ messages: any RateLimiter) {
///     socket.use { event in
///         guard await messages.take(socket.id).isAllowed else { return event.drop() }
///     }
/// }
/// ```
public protocol RateLimiter: Middleware {
    /// Counts one, and decides whether it may happen; what is refused isn't counted.
    ///
    /// - Parameter key: Whom it belongs to; any text, compared by its bytes. The middleware counts requests under
    ///   ``Peer/network``, unless it has another key.
    /// - Returns: The decision.
    func take(_ key: String) async -> RateLimitDecision
}
