import GustHTTP
import GustSessions
import HTTPTypes

/// The cookies of ``Sessions``, which hold signed session ids.
struct SessionTickets: Sendable {
    /// A valid session id from a request's cookie.
    struct Ticket {
        let id: String
        /// Whether the cookie should be set again, because a tenth of its lifetime is over.
        let isStale: Bool
    }

    private let signer: ValueSigner
    private let lifetime: Duration
    private let cookie: Cookie

    init(_ keys: SigningKeys, lifetime: Duration, cookie: Cookie) throws(CookieError) {
        try cookie.check()
        // The purpose includes the cookie's name, so that two applications with the same secret don't share sessions by
        // accident.
        signer = ValueSigner(keys, purpose: "gust session \(cookie.name)")
        self.lifetime = lifetime
        self.cookie = cookie
    }

    /// The ticket of a request; nil if the request has no cookie that was signed with these keys within the lifetime.
    func ticket(of request: Request, now: HTTPDate = .now) -> Ticket? {
        guard request.headers[.cookie] != nil else { return nil }
        for value in request.cookies.values(of: cookie.name).prefix(4) {
            guard let opened = signer.open(value, maximumAge: lifetime, now: now) else { continue }
            let age = Int64(now.seconds - opened.seconds)
            return Ticket(id: opened.value, isStale: age * 10 >= lifetime.components.seconds)
        }
        return nil
    }

    /// Adds the cookie to a response if the browser needs a new one, and removes it if the session was destroyed.
    func handOut(
        _ standing: Session.Standing,
        after ticket: Ticket?,
        with response: Response,
        for request: Request,
        now: HTTPDate = .now
    ) throws -> Response {
        var response = response
        if standing.isWorthKnowing {
            let isKnown = standing.id == ticket?.id
            guard !isKnown || (ticket?.isStale == true && !Self.isShared(response)) else { return response }
            var cookie = cookie
            cookie.value = signer.sign(standing.id, now: now)
            cookie.maximumAge = lifetime
            try response.setCookie(cookie, for: request)
        } else if standing.isDestroyed, ticket != nil {
            var cookie = cookie
            cookie.value = ""
            cookie.maximumAge = .zero
            try response.setCookie(cookie, for: request)
        } else {
            return response
        }
        Self.keepPrivate(&response)
        return response
    }

    /// Whether shared caches may store the response, and would send its cookie to other clients.
    private static func isShared(_ response: Response) -> Bool {
        response.headers.hasCacheDirective("public") || response.headers.hasCacheDirective("s-maxage")
    }

    private static func keepPrivate(_ response: inout Response) {
        guard let control = response.headers[.cacheControl], !isShared(response) else {
            response.headers[.cacheControl] = response.headers[.cacheControl] == nil ? "private" : "private, no-cache"
            return
        }
        if !response.headers.hasCacheDirective("private"), !response.headers.hasCacheDirective("no-store") {
            response.headers[.cacheControl] = "\(control), private"
        }
    }
}
