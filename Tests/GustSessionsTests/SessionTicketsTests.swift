import GustHTTP
import HTTPTypes
import Testing

@testable import GustSessions

/// The cookies of sessions, and when they are set again.
@Suite struct SessionTicketsTests {
    private let tickets: SessionTickets
    private let exchange = Exchange()
    private let clock = TestClock()

    init() throws {
        let lifetime = clock.lifetime(idle: 1_000, remembered: 1_000)
        tickets = try SessionTickets(.random(), lifetime: lifetime, cookie: Cookie("session", ""))
    }

    /// Calls `body` at a time in seconds after the start of the test.
    private func at<Result>(_ seconds: Int, _ body: () throws -> Result) rethrows -> Result {
        clock.advance(by: seconds)
        defer { clock.advance(by: -seconds) }
        return try body()
    }

    private func handOut(
        _ id: String,
        after ticket: SessionTickets.Ticket? = nil,
        _ response: Response = Response(),
        at seconds: Int = 0,
        isDestroyed: Bool = false
    ) throws -> HTTPFields {
        try at(seconds) {
            try tickets.handOut(
                Session.Standing(id: id, isWorthKnowing: !isDestroyed, isDestroyed: isDestroyed, lifetime: 1_000),
                after: ticket,
                with: response,
                for: exchange.request("/")
            ).headers
        }
    }

    private func ticket(_ cookie: String, at seconds: Int) throws -> SessionTickets.Ticket? {
        try at(seconds) { tickets.ticket(of: try exchange.request("/", [.cookie: cookie])) }
    }

    private func cookie() throws -> String {
        String(try #require(try handOut("abc")[.setCookie]).prefix { $0 != ";" })
    }

    @Test func `a cookie is set again after a tenth of its lifetime, and is invalid after all of it`() throws {
        let cookie = try cookie()
        #expect(try ticket(cookie, at: 99)?.id == "abc")
        #expect(try ticket(cookie, at: 1_000)?.id == "abc")
        #expect(try ticket(cookie, at: 1_001) == nil)
        #expect(try handOut("abc", after: ticket(cookie, at: 99), at: 99)[.setCookie] == nil)
        #expect(try handOut("abc", after: ticket(cookie, at: 100), at: 100)[.setCookie] != nil)
    }

    @Test func `a cookie isn't set again by a response that shared caches may store`() throws {
        let stale = try ticket(cookie(), at: 500)
        for control in ["public, max-age=60", "s-maxage=60"] {
            let response = Response(headers: [.cacheControl: control])
            #expect(try handOut("abc", after: stale, response, at: 500) == [.cacheControl: control])
        }
        let own = try handOut("abc", after: stale, Response(headers: [.cacheControl: "no-cache"]), at: 500)
        #expect(own[.cacheControl] == "no-cache, private")
        #expect(try handOut("abc", after: stale, at: 500)[.cacheControl] == "private")
    }

    @Test func `an invalid cookie with the same name doesn't hide a valid one after it`() throws {
        #expect(try ticket("session=x; \(cookie())", at: 0)?.id == "abc")
        #expect(try ticket("session=x", at: 0) == nil)
    }

    @Test func `destroying a session removes its cookie if the request had one`() throws {
        let ticket = try ticket(cookie(), at: 0)
        #expect(
            try handOut("new", after: ticket, isDestroyed: true)[.setCookie]?.hasPrefix("session=; Max-Age=0;") == true
        )
        #expect(try handOut("new", after: nil, isDestroyed: true)[.setCookie] == nil)
    }

    @Test func `at most four cookies of one name are tried`() throws {
        let cookie = try cookie()
        #expect(try ticket("session=1; session=2; session=3; \(cookie)", at: 0)?.id == "abc")
        #expect(try ticket("session=1; session=2; session=3; session=4; \(cookie)", at: 0) == nil)
    }

    @Test func `a cookie's value is invalid under another name`() throws {
        let keys = SigningKeys.random()
        let one = try SessionTickets(keys, lifetime: SessionLifetime(), cookie: Cookie("one", ""))
        let two = try SessionTickets(keys, lifetime: SessionLifetime(), cookie: Cookie("two", ""))
        let fields = try one.handOut(
            Session.Standing(id: "abc", isWorthKnowing: true, isDestroyed: false, lifetime: 1_000),
            after: nil,
            with: Response(),
            for: exchange.request("/")
        ).headers
        let value = try #require(fields[.setCookie]).prefix { $0 != ";" }.dropFirst("one=".count)
        #expect(try one.ticket(of: exchange.request("/", [.cookie: "one=\(value)"]))?.id == "abc")
        #expect(try two.ticket(of: exchange.request("/", [.cookie: "two=\(value)"])) == nil)
    }

    @Test(arguments: [
        ("no-cache", "no-cache, private"), ("private, max-age=5", "private, max-age=5"), ("no-store", "no-store"),
        ("public, max-age=5", "private, no-cache"), ("s-maxage=5", "private, no-cache"),
    ])
    func `a response with a cookie is marked private`(said: String, expected: String) throws {
        #expect(try handOut("abc", Response(headers: [.cacheControl: said]))[.cacheControl] == expected)
    }
}
