import HTTPTypes

/// Whether something may happen that a ``RateLimiter`` limits.
public enum RateLimitDecision: Sendable, Equatable {
    /// It may happen, and so may this number of further ones at once.
    case allowed(remaining: Int)
    /// It may not happen before this time has passed.
    case refused(retryAfter: Duration)
    /// The limiter can't count at the moment, because its store is away; its settings decide.
    case undecided(isAllowed: Bool)

    /// Whether it may happen.
    public var isAllowed: Bool {
        switch self {
        case .allowed: true
        case .refused: false
        case .undecided(let isAllowed): isAllowed
        }
    }

    /// The error that answers a refused request, with `Retry-After` in whole seconds; nil for an allowed request.
    ///
    /// 429 above the limit (RFC 6585 §4), 503 if the limiter can't count.
    package var refusal: HTTPError? {
        switch self {
        case .allowed, .undecided(isAllowed: true): return nil
        case .undecided(isAllowed: false):
            return HTTPError(
                .serviceUnavailable,
                "the rate of requests can't be checked at the moment",
                headers: [.retryAfter: "1"]
            )
        case .refused(let pause):
            // Rounded up: a client that returns too early would be refused again.
            let seconds = pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0)
            return HTTPError(.tooManyRequests, "too many requests", headers: [.retryAfter: "\(max(1, seconds))"])
        }
    }
}
