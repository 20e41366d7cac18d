public import GustHTTP
import HTTPTypes
import NIOCore

/// Keeps responses in memory and sends them again, as a shared cache (RFC 9111).
///
/// ```swift
/// app.group("/prices", through: ResponseCache()) { prices in
///     prices.get("/today") { request in
///         var response = try JSON(prices()).response(for: request)
///         response.headers[.cacheControl] = "public, max-age=60"
///         return response
///     }
/// }
/// ```
///
/// A response is stored if its request is a `GET`, its status is 200, 203, 204, 301, 308, 404 or 410, its body is whole, and it says how long
/// it is fresh: by `s-maxage`, `max-age` or `Expires`, or else by the `lifetime` of this middleware. Never stored are responses with
/// `private`, `no-store`, `no-cache`, `Set-Cookie` or `Vary: *`, responses made of errors, responses to requests with `Authorization`, `Range` or a body,
/// and pages with a nonce of ``SecureHeaders``. If the request has a `Cookie`, the response is stored, and a stored one is sent, only with
/// `public` or `s-maxage`: pages depend on a session more often than they say so.
///
/// A stored response is found by scheme, host, path and query, and by the fields of the request that its `Vary` names. It is sent with its `Age`, to
/// `HEAD` as well, and `If-None-Match` and the like are answered from it, see ``EntityTags``, which should be inside of this middleware. The
/// directives `no-cache`, `no-store`, `max-age`, `min-fresh` and `only-if-cached` of the request are obeyed. A successful request with another
/// method removes the responses of its URL (RFC 9111 §4.4).
///
/// If several requests for one URL arrive before its response is ready, the first makes it and the others wait for it, at most 1,000 of them and at
/// most `patience`. If it turns out that the response can't be stored, each of them makes its own, and for a minute none waits.
///
/// Middleware outside of the cache sees each request, middleware inside of it only those that the cache doesn't answer. So authentication and access
/// logs belong outside, and whatever makes the response depend on more than its URL and `Vary`, such as ``LanguageChoice`` and
/// ``Compress``, inside. A full cache removes responses that haven't been used lately.
public struct ResponseCache: Middleware {
    private let store: CacheStore
    private let flights = CacheFlights()
    private let lifetime: Int?
    private let maximumLength: Int
    private let patience: Duration

    /// Makes a cache.
    ///
    /// - Parameters:
    ///   - maximumSize: How many bytes bodies, fields and URLs may have together; 64 MiB by default.
    ///   - maximumCount: How many responses are stored.
    ///   - maximumLength: The length of a body in bytes above which a response isn't stored; 1 MiB by default.
    ///   - lifetime: How long a response is fresh that doesn't say so, in whole seconds; nil, the default, means that it isn't stored.
    ///   - patience: How long a request waits for a response that another request is making.
    public init(
        maximumSize: Int = 64 << 20,
        maximumCount: Int = 10_000,
        maximumLength: Int = 1 << 20,
        lifetime: Duration? = nil,
        patience: Duration = .seconds(5)
    ) {
        store = CacheStore(maximumCount: maximumCount, maximumSize: maximumSize)
        self.lifetime = lifetime.map { Int($0.components.seconds) }
        self.maximumLength = maximumLength
        self.patience = patience
    }

    /// Removes all stored responses; may be called from any thread.
    public func removeAll() { store.remove(nil) }

    /// The number of stored responses, and of their bytes.
    package var fill: (count: Int, size: Int) { store.fill }

    /// Answers with a stored response, or with the answer of `next`.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let key = CacheKey(request) else { return next.answer(request) }
        guard request.method == .get || request.method == .head else { return removing(key, request, next) }
        let headers = request.headers
        // A body isn't part of the key, so a handler that reads it could be made to answer something wrong to everybody.
        guard !headers.has(.authorization), !headers.has(.range), request.body.isEmpty else {
            return next.answer(request)
        }
        let control = CacheControl(headers)
        guard !control.isNoStore else { return next.answer(request) }
        if !control.isNoCache, let stored = find(key, request, control) {
            return .ready(stored.response(to: request))
        }
        guard !control.isOnlyIfCached else { return .failed(HTTPError(.gatewayTimeout, "not in the cache")) }
        guard request.method == .get else { return next.answer(request) }
        return making(key, request, control, next.answer(request))
    }

    private func find(_ key: CacheKey, _ request: Request, _ control: CacheControl) -> CachedResponse? {
        store.find(key, request, control, withCookie: request.headers.has(.cookie))
    }

    /// The answer of `next`, which is stored if possible.
    private func making(
        _ key: CacheKey,
        _ request: Request,
        _ control: CacheControl,
        _ answer: consuming Answer
    ) -> Answer {
        switch consume answer {
        case .ready(let response):
            _ = add(response, key, request)
            return .ready(response)
        case .failed(let error):
            return .failed(error)
        case .pending(let pending):
            // The work of a pending answer begins when the answer is awaited, so a follower does none if it finds a stored response.
            switch flights.role(key, at: request.eventLoop.now) {
            case .leader(let leader):
                return Answer.pending(pending).edited(with: (self, key, request, leader)) { response, context in
                    let (cache, key, request, leader) = context
                    let isStored = cache.add(response, key, request)
                    leader.end(isStored: isStored, at: request.eventLoop.now)
                }
            case .follower(let waiter):
                return .pending {
                    if await waiter.wait(atMost: patience, on: request.eventLoop) == .turn,
                        let stored = find(key, request, control)
                    {
                        return stored.response(to: request)
                    }
                    let response = try await pending.response()
                    _ = add(response, key, request)
                    return response
                }
            case .single:
                return Answer.pending(pending).edited(with: (self, key, request)) { response, context in
                    _ = context.0.add(response, context.1, context.2)
                }
            }
        }
    }

    /// Stores a response if that is allowed.
    private func add(_ response: Response, _ key: CacheKey, _ request: Request) -> Bool {
        let cached = CachedResponse(response, to: request, lifetime: lifetime, maximumLength: maximumLength)
        guard let cached else { return false }
        store.add(cached, key, at: request.eventLoop.now)
        return true
    }

    /// The answer of `next` to a request that may change something.
    private func removing(_ key: CacheKey, _ request: Request, _ next: any Handler) -> Answer {
        if request.method == .options || request.method == .trace { return next.answer(request) }
        return next.answer(request).edited(with: (store, key)) { response, context in
            if (200..<400).contains(response.status.code) { context.0.remove(context.1) }
        }
    }
}
