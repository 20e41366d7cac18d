import GustHTTP
import HTTPTypes

/// The cookies of ``Sessions``, which hold signed session ids.
struct SessionTickets: Sendable {
    /// A valid session id from a request's cookie.
    struct Ticket {
        let id: String
        /// When the cookie was signed, in seconds since 1970.
        let seconds: Int
    }

    private let signer: ValueSigner
    private let longest: Duration
    private let cookie: SessionCookie
    private let now: @Sendable () -> HTTPDate

    init(_ keys: SigningKeys, lifetime: SessionLifetime, cookie: Cookie) throws(CookieError) {
        self.cookie = try SessionCookie(cookie)
        // The purpose includes the cookie's name, so that two applications with the same secret don't share sessions by
        // accident.
        signer = ValueSigner(keys, purpose: "gust session \(cookie.name)")
        // The store has the exact lifetime of each session.
        longest = .seconds(max(lifetime.idle, lifetime.remembered))
        now = lifetime.now
    }

    /// The ticket of a request; nil if the request has no cookie that was signed with these keys within the lifetime.
    func ticket(of request: Request) -> Ticket? {
        for value in cookie.values(in: request) {
            guard let opened = signer.open(value, maximumAge: longest, now: now()) else { continue }
            return Ticket(id: opened.value, seconds: opened.seconds)
        }
        return nil
    }

    /// Adds the cookie to a response if the browser needs a new one, and removes it if the session was destroyed.
    ///
    /// A cookie is set again when a tenth of its lifetime is over.
    func handOut(
        _ standing: Session.Standing,
        after ticket: Ticket?,
        with response: Response,
        for request: Request
    ) throws -> Response {
        var response = response
        if standing.isWorthKnowing {
            let now = now()
            if let ticket, ticket.id.hasSameBytes(as: standing.id) {
                let isStale = (now.seconds - ticket.seconds) * 10 >= standing.lifetime
                guard isStale, !SessionCookie.isShared(response) else { return response }
            }
            let value = signer.sign(standing.id, now: now)
            try cookie.set(value, lifetime: standing.lifetime, in: &response, for: request)
        } else if standing.isDestroyed, ticket != nil {
            try cookie.remove(in: &response, for: request)
        }
        return response
    }
}
