#if Redis
public import GustHTTP
public import Logging
import NIOCore

/// Limits how often something may happen in the whole cluster, by the generic cell rate algorithm (GCRA).
///
/// As a middleware it limits the requests of each client. In a handler, or in packet middleware, ``take(_:)`` limits anything else:
///
/// ```swift
/// app.use(RedisRateLimit(redis, "api", 100, per: .seconds(60)))
/// let messages = RedisRateLimit(redis, "messages", 5, per: .seconds(1))
/// io.onConnect { socket in
///     let user = socket.session.user ?? socket.id
///     socket.use { event in
///         guard await messages.take(user).isAllowed else { return event.drop() }
///     }
/// }
/// ```
///
/// Redis measures the time. A key is forgotten when its limit is unused. Available with the package trait `Redis`.
public struct RedisRateLimit: RateLimiter {
    /// What happens if Redis can't be asked, or doesn't answer in time.
    public enum Fallback: Sendable {
        /// Everything is allowed.
        case allow
        /// Everything is refused; requests are answered with 503.
        case refuse
    }

    /// Whether something may happen.
    public typealias Decision = RateLimitDecision

    private let client: RedisClient
    private let prefix: String
    /// The time from one to the next at the limit, in microseconds.
    private let interval: Int
    private let burst: Int
    private let fallback: Fallback
    private let timeout: Duration
    private let key: @Sendable (Request) -> String?
    private let absence: RedisRateLimitAbsence

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - client: The client, which may be used for other purposes too.
    ///   - name: The name of the limit, in all keys of Redis after `gust:rate:`. Limits with one name and key count together.
    ///   - count: How many are allowed, at least 1.
    ///   - period: The time in which they are allowed, at least a microsecond for each.
    ///   - burst: How many are allowed at once after a pause, at least 1; nil for `count`.
    ///   - fallback: What happens if Redis is away.
    ///   - timeout: How long to wait for Redis. After that, and after an error, Redis isn't asked for a second.
    ///   - logger: For the begin and the end of the time in which Redis is away.
    ///   - key: Whom a request belongs to, for the middleware; a request without a key isn't limited. Nil for `Peer.network`, the IPv4
    ///     address or the first 64 bits of the IPv6 address of the client; behind a proxy this needs the middleware `TrustedProxies`.
    public init(
        _ client: RedisClient,
        _ name: String,
        _ count: Int,
        per period: Duration,
        burst: Int? = nil,
        withoutRedis fallback: Fallback = .allow,
        timeout: Duration = .milliseconds(250),
        logger: Logger = Logger(label: "gust.redis"),
        key: (@Sendable (Request) -> String?)? = nil
    ) {
        self.client = client
        prefix = "gust:rate:\(name):"
        interval = max(1, Int(TimeAmount(period).nanoseconds / 1_000) / max(1, count))
        self.burst = max(1, burst ?? count)
        self.fallback = fallback
        self.timeout = timeout
        self.key = key ?? { $0.peer.network }
        absence = RedisRateLimitAbsence(name, fallback, logger)
    }

    /// Counts one, and decides whether it may happen; what is refused isn't counted.
    ///
    /// - Parameter key: Whom it belongs to; any text.
    /// - Returns: The decision; `undecided` if Redis is away.
    public func take(_ key: String) async -> Decision {
        await withCheckedContinuation { continuation in
            take(key) { continuation.resume(returning: $0) }
        }
    }

    /// Counts one without a task; `completion` is called once, on the loop of the client or before this method returns.
    package func take(_ key: String, _ completion: @escaping @Sendable (Decision) -> Void) {
        guard absence.mayAsk() else { return completion(undecided) }
        RedisRateLimit.script.run(
            on: client,
            keys: [ByteBuffer(string: prefix + key)],
            arguments: [ByteBuffer(string: String(interval)), ByteBuffer(string: String(burst))],
            deadline: timeout
        ) { result in
            switch result {
            case .success(let reply):
                absence.end()
                completion(RedisRateLimit.decision(reply) ?? undecided)
            case .failure(let error):
                absence.begin(error)
                completion(undecided)
            }
        }
    }

    /// How often Redis couldn't be asked.
    package var undecidedCount: Int { absence.count }

    private var undecided: Decision { .undecided(isAllowed: fallback == .allow) }

    /// Answers a request above the limit with 429 and `Retry-After` (RFC 6585 §4).
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let key = key(request) else { return next.answer(request) }
        return .pending {
            if let refusal = await take(key).refusal { throw refusal }
            return try await next.answer(request).response()
        }
    }

    /// The decision in a reply of the script; nil if the reply is another one.
    private static func decision(_ reply: RESPValue) -> Decision? {
        guard let elements = reply.elements, elements.count == 2, let number = elements[1].integer else { return nil }
        return elements[0].integer == 1 ? .allowed(remaining: number) : .refused(retryAfter: .microseconds(number))
    }

    /// GCRA: the value of a key is the time at which the key is unused again, in microseconds.
    private static let script = RedisScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local interval = tonumber(ARGV[1])
        local tolerance = interval * tonumber(ARGV[2])
        local unused = tonumber(redis.call('GET', KEYS[1]) or now)
        if unused < now then unused = now end
        local next = unused + interval
        if next - tolerance > now then return {0, next - tolerance - now} end
        redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
        return {1, math.floor((tolerance - (next - now)) / interval)}
        """
    )
}
#endif
