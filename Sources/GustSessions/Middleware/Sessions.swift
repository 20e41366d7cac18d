public import GustHTTP
import HTTPTypes

/// Gives each browser a session, identified by a signed cookie.
///
/// Handlers get it as `request.session`, and handlers of Socket.IO endpoints as `socket.session`.
///
/// ```swift
/// app.use(try Sessions(keys: SigningKeys(secret)))
/// app.post("/login") { request in
///     try request.session.signIn(as: "ada")
///     return Response.redirect(to: "/")
/// }
/// ```
///
/// The values are loaded before the handler is called. Changes by the handler are saved after it has answered; later
/// changes (by a socket's handlers or a streamed body) are saved by `Session.save()`. The cookie is set when values
/// were saved, and with the response that opens a Socket.IO connection, because the connection can't set one later. Use
/// extends a session's lifetime: the store and the cookie are renewed when a tenth of the lifetime is over.
///
/// Requests that another site made the browser send are refused by ``CSRF``, because such requests carry the cookie too.
///
/// Only ids that were signed with ``SigningKeys`` are looked up, so a client can't choose its id. If the store no
/// longer has a session, a new session is made. After an error that isn't an `HTTPError`, nothing is saved. If the
/// store is a ``MemorySessionStore``, synchronous handlers inside this middleware cost no task.
public struct Sessions: Middleware {
    let store: any SessionStore
    private let immediate: (any ImmediateSessionStore)?
    private let tickets: SessionTickets
    private let maximumSize: Int
    private let lifetime: SessionLifetime
    private let protection: CSRF?
    private let live = LiveSessions()

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - keys: The keys that sign the cookies. The default keys are random, so the sessions end with this process.
    ///   - store: The store of the sessions; nil makes a ``MemorySessionStore`` of 10,000 sessions.
    ///   - lifetime: The lifetime of a session since its last use.
    ///   - rememberedLifetime: The lifetime since the last use, if the visitor chose to stay signed in.
    ///   - absoluteLifetime: The greatest lifetime of a session since its beginning, which is the sign-in if there was one; nil
    ///     means that use prolongs a session without limit.
    ///   - cookie: The name and attributes of the cookie. If all clients use TLS, name it `__Host-session`.
    ///   - maximumSize: The most bytes of all keys and values of a session together.
    ///   - protection: Refuses requests that another site made the browser send; nil accepts them.
    /// - Throws: An error if the cookie is invalid.
    public init(
        keys: SigningKeys = .random(),
        store: (any SessionStore)? = nil,
        lifetime: Duration = .seconds(1_209_600),
        rememberedLifetime: Duration = .seconds(5_184_000),
        absoluteLifetime: Duration? = nil,
        cookie: Cookie = Cookie("session", ""),
        maximumSize: Int = 65_536,
        protection: CSRF? = CSRF()
    ) throws {
        try self.init(
            keys: keys,
            store: store,
            lifetime: SessionLifetime(idle: lifetime, remembered: rememberedLifetime, absolute: absoluteLifetime),
            cookie: cookie,
            maximumSize: maximumSize,
            protection: protection
        )
    }

    /// Makes the middleware with a lifetime that has a clock.
    package init(
        keys: SigningKeys = .random(),
        store: (any SessionStore)? = nil,
        lifetime: SessionLifetime,
        cookie: Cookie = Cookie("session", ""),
        maximumSize: Int = 65_536,
        protection: CSRF? = CSRF()
    ) throws {
        let store = store ?? MemorySessionStore(now: lifetime.now)
        self.store = store
        immediate = store as? any ImmediateSessionStore
        tickets = try SessionTickets(keys, lifetime: lifetime, cookie: cookie)
        self.maximumSize = maximumSize
        self.lifetime = lifetime
        self.protection = protection
    }

    /// Loads the session, answers with the answer of `next`, and saves the session if it was changed.
    ///
    /// The answer is immediate if neither the store nor `next` has to be awaited.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let ticket = tickets.ticket(of: request)
        let present = ticket.flatMap { live[$0.id] }
        let wasSaved = present?.isSaved ?? false
        if let immediate {
            do {
                let record = try ticket.flatMap { try immediate.load($0.id) }
                return answer(
                    request,
                    next,
                    ticket,
                    session(for: ticket, of: request, present, wasSaved: wasSaved, record)
                )
            } catch {
                return .failed(error)
            }
        }
        guard let ticket else { return answer(request, next, nil, makeSession(of: request)) }
        return .pending {
            let record = try await store.load(ticket.id)
            let session = session(for: ticket, of: request, present, wasSaved: wasSaved, record)
            return try await answer(request, next, ticket, session).response()
        }
    }

    /// Answers with a session whose values have been loaded.
    private func answer(
        _ request: Request,
        _ next: any Handler,
        _ ticket: SessionTickets.Ticket?,
        _ session: Session
    ) -> Answer {
        let answering = SessionAnswer(session)
        var request = request
        request.storage[SessionKey.self] = session
        let answer = protection?.answer(request, next: next) ?? next.answer(request)
        return answer.flatMap { [request] response in
            // After an unexpected error, the store keeps the session's earlier values.
            if let error = response.error, !(error is HTTPError) {
                answering.end()
                return .ready(response)
            }
            guard let immediate else {
                return .pending {
                    defer { answering.end() }
                    try await session.save(always: false)
                    return try tickets.handOut(session.standing, after: ticket, with: response, for: request)
                }
            }
            defer { answering.end() }
            return Answer {
                try session.saveInPlace(in: immediate)
                return try tickets.handOut(session.standing, after: ticket, with: response, for: request)
            }
        }
    }

    /// The session of a request: a session that is in use in this process, a session from the store, or a new session.
    private func session(
        for ticket: SessionTickets.Ticket?,
        of request: Request,
        _ present: SessionCore?,
        wasSaved: Bool,
        _ record: SessionRecord?
    ) -> Session {
        guard let ticket, !live.hasEnded(ticket.id) else { return makeSession(of: request) }
        if let record {
            let core = present ?? live.insert(makeCore(ticket.id, of: request))
            core.adopt(record)
            return Session(core)
        }
        // The id was sent to the browser when a Socket.IO connection was opened, but no values have been saved yet.
        if let present, !wasSaved { return Session(present) }
        // Another process destroyed the session, or it expired: the session in use here must end too.
        present?.end()
        return makeSession(of: request)
    }

    private func makeSession(of request: Request) -> Session {
        Session(makeCore(LiveSessions.makeID(), of: request))
    }

    private func makeCore(_ id: String, of request: Request) -> SessionCore {
        let claim = SessionClaim(origin: request.peer.address.flatMap(AddressRange.network))
        return SessionCore(
            id: id,
            store: store,
            limit: maximumSize,
            live: live,
            claim: claim,
            lifetime: lifetime
        )
    }
}
