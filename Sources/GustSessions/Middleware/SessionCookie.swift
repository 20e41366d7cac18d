import GustHTTP
import HTTPTypes

/// Sets and removes the cookie of a session, and keeps responses with it out of shared caches.
struct SessionCookie: Sendable {
    private let cookie: Cookie

    init(_ cookie: Cookie) throws(CookieError) {
        try cookie.check()
        self.cookie = cookie
    }

    var name: String { cookie.name }

    /// The values of the cookie in a request; at most four, because each is verified.
    func values(in request: Request) -> some Sequence<String> {
        request.headers[.cookie] == nil ? [][...] : request.cookies.values(of: cookie.name).prefix(4)
    }

    /// Adds the cookie to a response.
    func set(_ value: String, lifetime: Int, in response: inout Response, for request: Request) throws {
        var cookie = cookie
        cookie.value = value
        cookie.maximumAge = .seconds(lifetime)
        try response.setCookie(cookie, for: request)
        Self.keepPrivate(&response)
    }

    /// Makes the browser remove the cookie.
    func remove(in response: inout Response, for request: Request) throws {
        try set("", lifetime: 0, in: &response, for: request)
    }

    /// Whether shared caches may store the response, and would send its cookie to other clients.
    static func isShared(_ response: Response) -> Bool {
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
