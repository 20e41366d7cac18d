public import GustHTTP

/// Limits how often something may happen in this process, by the generic cell rate algorithm (GCRA).
///
/// As a middleware it limits the requests of each client. In a handler, or in packet middleware, ``take(_:)`` limits anything else, or
/// counts the events of a socket together with the requests of its client:
///
/// ```swift
/// let limit = RateLimit(100, per: .seconds(60))
/// app.use(limit)
/// io.onConnect { socket in
///     let client = socket.handshake.network ?? socket.id
///     socket.use { event in
///         guard limit.take(client).isAllowed else { return event.drop() }
///     }
/// }
/// ```
///
/// A limit takes 16 bytes of memory for each of its `maximumKeys` from the beginning, and no more. If more keys are in use at the same
/// time, the key that has used least of its limit is forgotten: a flood of new keys replaces other new keys, and neither the
/// addresses that have reached the limit nor those that are near it. Copies of a limit count together, as do nested groups
/// that use the same limit. `RedisRateLimit` of GustRedis has the same interface and counts in a whole cluster.
///
/// A request that is refused isn't counted. A WebSocket counts once, when it is opened.
public struct RateLimit: RateLimiter {
    /// Whether something may happen.
    public typealias Decision = RateLimitDecision

    private let buckets: RateBuckets
    private let key: @Sendable (Request) -> String?

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - count: How many are allowed, at least 1.
    ///   - period: The time in which they are allowed.
    ///   - burst: How many are allowed at once after a pause, at least 1; nil for `count`.
    ///   - maximumKeys: How many keys are counted at the same time; rounded up to a multiple of 16. A key isn't in use any more when its
    ///     limit is unused again, at the latest `period` after its last one if `burst` is nil.
    ///   - clock: The clock; nil for the time since the system has started. Tests advance a clock of their own.
    ///   - key: Whom a request belongs to, for the middleware; a request without a key isn't limited. Nil for `Peer.network`, the IPv4
    ///     address or the first 64 bits of the IPv6 address of the client; behind a proxy this needs the middleware ``TrustedProxies``.
    public init(
        _ count: Int,
        per period: Duration,
        burst: Int? = nil,
        maximumKeys: Int = 65_536,
        clock: (any Clock<Duration>)? = nil,
        key: (@Sendable (Request) -> String?)? = nil
    ) {
        buckets = RateBuckets(
            RateBuckets.Rate(count, per: period, burst: burst ?? count),
            maximumKeys: maximumKeys,
            now: RateBuckets.time(of: clock)
        )
        self.key = key ?? { $0.peer.network }
    }

    /// Counts one, and decides whether it may happen; what is refused isn't counted.
    ///
    /// May be called from any thread.
    /// - Parameter key: Whom it belongs to; any text, compared by its bytes.
    /// - Returns: The decision, which is never `undecided`.
    public func take(_ key: String) -> Decision { buckets.take(key) }

    /// Answers with the answer of `next`, or with 429 and `Retry-After` above the limit (RFC 6585 §4).
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let key = key(request) else { return next.answer(request) }
        if let refusal = take(key).refusal { return .failed(refusal) }
        return next.answer(request)
    }
}
