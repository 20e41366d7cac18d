public import GustHTTP
import HTTPTypes

/// Gives each browser a session that is kept in its cookie, so that the server stores nothing.
///
/// Handlers get it as `request.session`, and handlers of Socket.IO endpoints as `socket.session`, as with ``Sessions``.
///
/// ```swift
/// app.use(try CookieSessions(keys: SigningKeys(secret)))
/// ```
///
/// Sessions last over restarts, and all servers with the same keys share them. In exchange:
///
/// - All values of a session together may have 2,000 bytes as JSON text, and the user with the roles 500, because browsers ignore
///   cookies of more than 4,096 bytes.
/// - Only responses save values. In the handler of a socket, and while a response is streamed, `Session.save()` throws
///   ``SessionError/noAnswer``.
/// - If two requests of a browser change the session at the same time, the response that arrives last wins.
/// - A cookie that somebody copied stays valid until it expires, also after its user has signed out; only this process
///   recognises it for a while. Use a short lifetime, or ``Sessions`` with a store.
///
/// The cookie is encrypted by AES-256-GCM with a key that is derived from ``SigningKeys``, or only signed by HMAC-SHA256: then the
/// visitor can read the values, but not change them.
public struct CookieSessions: Middleware {
    private let seal: SessionSeal
    private let cookie: SessionCookie
    private let lifetime: SessionLifetime
    private let protection: CSRF?
    private let live = LiveSessions()
    private let store = CookieSessionStore()

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - keys: The keys that encrypt or sign the cookies.
    ///   - isEncrypted: Whether the values are hidden from the visitor.
    ///   - lifetime: The lifetime of a session since its last use.
    ///   - rememberedLifetime: The lifetime since the last use, if the visitor chose to stay signed in.
    ///   - absoluteLifetime: The greatest lifetime of a session since its beginning, which is the sign-in if there was one; nil
    ///     means that use prolongs a session without limit.
    ///   - cookie: The name and attributes of the cookie. If all clients use TLS, name it `__Host-session`.
    ///   - protection: Refuses requests that another site made the browser send; nil accepts them.
    /// - Throws: An error if the cookie is invalid.
    public init(
        keys: SigningKeys,
        isEncrypted: Bool = true,
        lifetime: Duration = .seconds(1_209_600),
        rememberedLifetime: Duration = .seconds(5_184_000),
        absoluteLifetime: Duration? = nil,
        cookie: Cookie = Cookie("session", ""),
        protection: CSRF? = CSRF()
    ) throws {
        try self.init(
            keys: keys,
            isEncrypted: isEncrypted,
            lifetime: SessionLifetime(idle: lifetime, remembered: rememberedLifetime, absolute: absoluteLifetime),
            cookie: cookie,
            protection: protection
        )
    }

    /// Makes the middleware with a lifetime that has a clock.
    package init(
        keys: SigningKeys,
        isEncrypted: Bool = true,
        lifetime: SessionLifetime,
        cookie: Cookie = Cookie("session", ""),
        protection: CSRF? = CSRF()
    ) throws {
        self.cookie = try SessionCookie(cookie)
        seal = SessionSeal(keys, isEncrypted: isEncrypted, name: cookie.name)
        self.lifetime = lifetime
        self.protection = protection
    }

    /// Reads the session, answers with the answer of `next`, and sets the cookie if the session was changed.
    ///
    /// The answer is immediate if `next` doesn't have to be awaited.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let content = content(of: request)
        let session = Session(core(for: content, of: request))
        let answering = SessionAnswer(session)
        var request = request
        request.storage[SessionKey.self] = session
        let answer = protection?.answer(request, next: next) ?? next.answer(request)
        return answer.flatMap { [request] response in
            defer { answering.end() }
            // After an unexpected error, the browser keeps the session's earlier values.
            if let error = response.error, !(error is HTTPError) { return .ready(response) }
            return Answer {
                try session.saveInPlace(in: store)
                return try handOut(session, after: content, with: response, for: request)
            }
        }
    }

    /// The session in the cookie of a request; nil if there is none, or if it has expired or ended.
    private func content(of request: Request) -> SessionSeal.Content? {
        let now = lifetime.now()
        for value in cookie.values(in: request) {
            guard let content = seal.content(of: value, now: now) else { continue }
            guard content.record.expires > now.seconds, !live.hasEnded(content.id) else { return nil }
            return content
        }
        return nil
    }

    private func core(for content: SessionSeal.Content?, of request: Request) -> SessionCore {
        guard let content else { return makeCore(LiveSessions.makeID()) }
        let core = live[content.id] ?? live.insert(makeCore(content.id))
        core.adopt(content.record)
        return core
    }

    private func makeCore(_ id: String) -> SessionCore {
        SessionCore(id: id, store: store, limit: SessionSeal.maximumLength, live: live, lifetime: lifetime)
    }

    private func handOut(
        _ session: Session,
        after content: SessionSeal.Content?,
        with response: Response,
        for request: Request
    ) throws -> Response {
        var response = response
        let standing = session.standing
        if standing.isWorthKnowing {
            let isKnown = content.map { $0.id.hasSameBytes(as: standing.id) && $0.record.version == standing.version }
            guard isKnown != true else { return response }
            let new = SessionSeal.Content(id: standing.id, record: session.core.record)
            guard let text = try seal.text(of: new, now: lifetime.now()) else {
                throw HTTPError(.internalServerError, "the session's cookie can't be encrypted")
            }
            try cookie.set(text, lifetime: standing.lifetime, in: &response, for: request)
        } else if standing.isDestroyed, content != nil {
            try cookie.remove(in: &response, for: request)
        }
        return response
    }
}
