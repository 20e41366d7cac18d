import Gust
import GustHTTP
import GustSessions
import GustTesting
import Testing

/// When sessions expire: after their last use, after their beginning, and if the visitor chose to stay signed in.
@Suite struct SessionLifetimeTests {
    private let clock = TestClock()
    private let keys = SigningKeys.random()

    private func client(
        _ lifetime: SessionLifetime,
        inCookie: Bool,
        store: (any SessionStore)? = nil
    ) throws -> TestClient {
        var app = Application()
        if inCookie {
            app.use(try CookieSessions(keys: keys, lifetime: lifetime))
        } else {
            app.use(try Sessions(keys: keys, store: store, lifetime: lifetime))
        }
        app.get("/") { request in try request.session.user ?? "nobody" }
        app.post("/signin") { request in
            try request.session.signIn(as: "ada", remember: request.query["remember"] != nil)
            return "hello"
        }
        return TestClient(try app.router(), keepsCookies: true)
    }

    @Test(arguments: [false, true])
    func `use prolongs a session, and it expires when it wasn't used for its lifetime`(inCookie: Bool) async throws {
        let client = try client(clock.lifetime(idle: 1_000), inCookie: inCookie)
        _ = try await client.post("/signin", body: "")
        for _ in 1...5 {
            clock.advance(by: 900)
            #expect(try await client.get("/").text == "ada")
        }
        clock.advance(by: 1_000)
        #expect(try await client.get("/").text == "nobody")
    }

    @Test(arguments: [false, true])
    func `a remembered session lasts for the remembered lifetime`(inCookie: Bool) async throws {
        let client = try client(clock.lifetime(idle: 1_000, remembered: 50_000), inCookie: inCookie)
        let answer = try await client.post("/signin?remember=1", body: "")
        #expect(answer.headers[.setCookie]?.contains("; Max-Age=50000; ") == true)
        clock.advance(by: 49_000)
        #expect(try await client.get("/").text == "ada")
        clock.advance(by: 51_000)
        #expect(try await client.get("/").text == "nobody")
    }

    @Test(arguments: [false, true])
    func `a session ends at its absolute lifetime in spite of its use`(inCookie: Bool) async throws {
        let client = try client(clock.lifetime(idle: 1_000, absolute: 2_000), inCookie: inCookie)
        _ = try await client.post("/signin", body: "")
        for _ in 1...2 {
            clock.advance(by: 900)
            #expect(try await client.get("/").text == "ada")
        }
        clock.advance(by: 200)
        #expect(try await client.get("/").text == "nobody")
    }

    @Test func `the store is written once in a tenth of the lifetime if the values don't change`() async throws {
        let store = MemorySessionStore { [clock] in clock.now }
        let client = try client(clock.lifetime(idle: 1_000), inCookie: false, store: store)
        _ = try await client.post("/signin", body: "")
        let id = try #require(store.ids.first)
        for _ in 1...10 {
            clock.advance(by: 10)
            _ = try await client.get("/")
        }
        #expect(store.load(id)?.version == 1)
        clock.advance(by: 1)
        _ = try await client.get("/")
        #expect(store.load(id)?.version == 2)
    }
}
