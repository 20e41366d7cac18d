public import GustHTTP
import HTTPTypes

/// Gives each browser a session, found again by a signed cookie: `request.session` in handlers, `socket.session` in the
/// handlers of Socket.IO endpoints behind it.
///
/// ```swift
/// app.use(try Sessions(keys: SigningKeys(secret)))
/// app.post("/login") { request in
///     try request.session.renew()
///     try request.session.set("ada", for: "user")
///     return Response.redirect(to: "/")
/// }
/// ```
///
/// The values are loaded before the handler is called. What it changed is saved when it has answered; what changes later (a
/// socket's handlers, a streamed body) is kept by ``Session/save()``. The cookie is set when something was saved, and with
/// the answer that begins a Socket.IO connection, which can't set one afterwards. While it is used a session's time begins
/// anew: the store's with each request, the cookie's after a tenth of it.
///
/// Only ids that this server signed are looked for, so nobody chooses his own; a session that the store doesn't know any more
/// is followed by a new one. An error that isn't an ``HTTPError`` saves nothing. Synchronous handlers behind it cost no task
/// if the store is an ``ImmediateSessionStore``.
public struct Sessions: Middleware {
    let store: any SessionStore
    private let immediate: (any ImmediateSessionStore)?
    private let tickets: SessionTickets
    private let maximumSize: Int
    private let live = LiveSessions()

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - keys: what the cookies are signed with. Without some, the sessions end with this process.
    ///   - store: where the values are kept; nil is a ``MemorySessionStore`` of 10,000 sessions with the same lifetime.
    ///   - lifetime: how long the cookie lives after it was last used. A store has a lifetime of its own.
    ///   - cookie: name and attributes of the cookie. Behind TLS only, `__Host-session` is a better name.
    ///   - maximumSize: the longest that all keys and values of a session may be together, in bytes.
    /// - Throws: ``CookieError`` if the cookie can't be one.
    public init(
        keys: SigningKeys = .random(),
        store: (any SessionStore)? = nil,
        lifetime: Duration = .seconds(1_209_600),
        cookie: Cookie = Cookie("session", ""),
        maximumSize: Int = 65_536
    ) throws(CookieError) {
        let store = store ?? MemorySessionStore(lifetime: lifetime)
        self.store = store
        immediate = store as? any ImmediateSessionStore
        tickets = try SessionTickets(keys, lifetime: lifetime, cookie: cookie)
        self.maximumSize = maximumSize
    }

    /// Answers with the session at hand, then saves it if it changed.
    ///
    /// At once, if neither the store nor the handler has to be awaited.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let ticket = tickets.ticket(of: request)
        let present = ticket.flatMap { live[$0.id] }
        let wasSaved = present?.isSaved ?? false
        if let immediate {
            do {
                let values = try ticket.flatMap { try immediate.load($0.id) }
                return answer(
                    request,
                    next,
                    ticket,
                    session(for: ticket, of: request, present, wasSaved: wasSaved, values)
                )
            } catch {
                return .failed(error)
            }
        }
        guard let ticket else { return answer(request, next, nil, makeSession(of: request)) }
        return .pending {
            let values = try await store.load(ticket.id)
            let session = session(for: ticket, of: request, present, wasSaved: wasSaved, values)
            return try await answer(request, next, ticket, session).response()
        }
    }

    /// Answers with a session whose values are loaded.
    private func answer(
        _ request: Request,
        _ next: any Handler,
        _ ticket: SessionTickets.Ticket?,
        _ session: Session
    ) -> Answer {
        let answering = SessionAnswer(session)
        var request = request
        request.storage[SessionKey.self] = session
        return next.answer(request).flatMap { [request] response in
            // An error that nobody expected leaves the store as it was.
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

    /// The session of a request: the one that somebody holds, that of the store, or a new one.
    private func session(
        for ticket: SessionTickets.Ticket?,
        of request: Request,
        _ present: SessionCore?,
        wasSaved: Bool,
        _ values: [ByteText: String]?
    ) -> Session {
        guard let ticket, !live.hasEnded(ticket.id) else { return makeSession(of: request) }
        if let values {
            let core = present ?? live.insert(makeCore(ticket.id, of: request))
            core.adopt(values)
            return Session(core)
        }
        // Told to the browser, with a connection that goes on, but not saved until now.
        if let present, !wasSaved { return Session(present) }
        // Destroyed by another process, or its time is over: whoever holds it here must see that too.
        present?.end()
        return makeSession(of: request)
    }

    private func makeSession(of request: Request) -> Session {
        Session(makeCore(LiveSessions.makeID(), of: request))
    }

    private func makeCore(_ id: String, of request: Request) -> SessionCore {
        let claim = SessionClaim(origin: request.peer.address.flatMap(AddressRange.network))
        return SessionCore(id: id, store: store, limit: maximumSize, live: live, claim: claim)
    }
}
