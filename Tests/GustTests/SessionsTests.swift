import Gust
import GustSessions
import GustTesting
import GustWeb
import Synchronization
import Testing

/// Sessions of browsers in HTTP requests.
@Suite(.leavesNothing) struct SessionsTests {
    /// An asynchronous store around a synchronous one.
    struct RemoteStore: SessionStore {
        let kept = MemorySessionStore()
        func load(_ id: String) async throws -> SessionRecord? {
            await Task.yield()
            return kept.load(id)
        }
        func save(_ record: SessionRecord, for id: String) async throws -> Bool {
            await Task.yield()
            return kept.save(record, for: id)
        }
        func remove(_ id: String) async throws {
            await Task.yield()
            kept.remove(id)
        }
        func removeAll(of user: String, except kept: String?) async throws -> [String] {
            self.kept.removeAll(of: user, except: kept)
        }
    }

    /// Pages that use the session, with synchronous and async handlers.
    private func client(_ sessions: Sessions, keepsCookies: Bool = true) throws -> TestClient {
        var app = Application()
        app.use(sessions)
        app.get("/") { request in try request.session.value(String.self, for: "user") ?? "nobody" }
        app.get("/later") { request async throws in
            await Task.yield()
            return try request.session.value(String.self, for: "user") ?? "nobody"
        }
        app.get("/id") { request in try request.session.id }
        app.post("/login") { request in
            try request.session.renew()
            try request.session.set(request.query["user"] ?? "", for: "user")
            return "hello"
        }
        app.post("/logout") { request in
            try request.session.destroy()
            return "bye"
        }
        app.post("/fail") { request -> String in
            try request.session.set("x", for: "user")
            throw HTTPError(.forbidden)
        }
        app.post("/public") { request in
            try request.session.set("x", for: "user")
            return Response(headers: [.cacheControl: "public, max-age=60"])
        }
        return TestClient(try app.router(), keepsCookies: keepsCookies)
    }

    private static var stores: [any SessionStore] { [MemorySessionStore(), RemoteStore()] }

    @Test(arguments: [0, 1])
    func `a value that one request sets is read by the browser's next request`(store: Int) async throws {
        let sessions = try Sessions(store: Self.stores[store])
        let client = try client(sessions)
        #expect(try await client.get("/").text == "nobody")
        let answer = try await client.post("/login?user=ada", body: "")
        let cookie = try #require(answer.headers[.setCookie])
        #expect(cookie.hasPrefix("session=1.1."))
        #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Lax"))
        #expect(cookie.contains("; Max-Age=1209600; "))
        #expect(try await client.get("/").text == "ada")
        #expect(try await client.get("/later").text == "ada")
    }

    @Test func `a cookie is set only when values were saved`() async throws {
        let client = try client(Sessions())
        #expect(try await client.get("/").headers[.setCookie] == nil)
        #expect(try await client.get("/later").headers[.setCookie] == nil)
        _ = try await client.post("/login?user=ada", body: "")
        #expect(try await client.get("/").headers[.setCookie] == nil)
    }

    @Test(arguments: [0, 1])
    func `a login changes the id, and the old id becomes invalid`(store: Int) async throws {
        let client = try client(Sessions(store: Self.stores[store]))
        _ = try await client.post("/fail", body: "")
        let planted = client.cookies["session"]
        _ = try await client.post("/login?user=ada", body: "")
        #expect(client.cookies["session"] != planted)
        #expect(try await client.get("/").text == "ada")
        let attacker = try await client.get("/", headers: [.cookie: "session=\(planted ?? "")"])
        #expect(attacker.text == "nobody")
    }

    @Test(arguments: [0, 1])
    func `a logout removes the session and the cookie`(store: Int) async throws {
        let client = try client(Sessions(store: Self.stores[store]))
        _ = try await client.post("/login?user=ada", body: "")
        let before = client.cookies["session"]
        let answer = try await client.post("/logout", body: "")
        #expect(answer.headers[.setCookie]?.hasPrefix("session=; Max-Age=0; ") == true)
        #expect(client.cookies["session"] == nil)
        #expect(try await client.get("/", headers: [.cookie: "session=\(before ?? "")"]).text == "nobody")
    }

    @Test func `a client can't choose its session id`() async throws {
        let store = MemorySessionStore()
        let client = try client(Sessions(store: store))
        store.save(["user": "\"ada\""], for: "chosen")
        for cookie in ["session=chosen", "session=1.1.1300000000.Y2hvc2Vu.AAAA", "session="] {
            #expect(try await client.get("/", headers: [.cookie: cookie]).text == "nobody")
            #expect(try await client.get("/id", headers: [.cookie: cookie]).text != "chosen")
        }
    }

    @Test func `a signed id that the store no longer has isn't used again`() async throws {
        let store = MemorySessionStore()
        let client = try client(Sessions(store: store))
        _ = try await client.post("/login?user=ada", body: "")
        let id = try await client.get("/id").text
        store.remove(id)
        #expect(try await client.get("/id").text != id)
        #expect(try await client.get("/").text == "nobody")
    }

    @Test func `values that were set before an HTTP error are saved`() async throws {
        let client = try client(Sessions())
        let answer = try await client.post("/fail", body: "")
        #expect(answer.status == .forbidden)
        #expect(answer.headers[.setCookie] != nil)
        #expect(try await client.get("/").text == "x")
    }

    @Test func `responses with a session's cookie are private`() async throws {
        let client = try client(Sessions())
        #expect(try await client.post("/public", body: "").headers[.cacheControl] == "private, no-cache")
    }

    @Test func `sessions survive a restart if the keys are kept`() async throws {
        let keys = try SigningKeys(String(repeating: "k", count: 32))
        let store = MemorySessionStore()
        let first = try client(Sessions(keys: keys, store: store))
        _ = try await first.post("/login?user=ada", body: "")
        let second = try client(Sessions(keys: keys, store: store))
        second.setHeaders([.cookie: "session=\(first.cookies["session"] ?? "")"])
        #expect(try await second.get("/").text == "ada")
        let stranger = try client(Sessions(store: store))
        stranger.setHeaders([.cookie: "session=\(first.cookies["session"] ?? "")"])
        #expect(try await stranger.get("/").text == "nobody")
    }

    @Test func `a request without the middleware has no session`() async throws {
        var app = Application()
        app.get("/") { request in
            do { return try request.session.id } catch { return "\(error)" }
        }
        let text = try await TestClient(try app.router()).get("/").text
        #expect(text == "the request has no session: use the middleware Sessions for its route")
    }

    @Test func `the size of a session is bounded`() async throws {
        var app = Application()
        app.use(try Sessions(maximumSize: 20))
        app.get("/") { request in
            do { try request.session.set(String(repeating: "x", count: 20), for: "a") } catch { return "\(error)" }
            return "kept"
        }
        #expect(try await TestClient(try app.router()).get("/").text == "the session's values exceed the size limit")
    }

    @Test func `an invalid cookie is refused when the middleware is made`() {
        #expect(throws: CookieError.self) { try Sessions(cookie: Cookie("my session", "")) }
    }

    /// Retains a session, as a socket does.
    private final class Hand: Sendable {
        let session = Mutex<Session?>(nil)
    }

    /// A client with a login page that retains its session.
    private func client(_ sessions: Sessions, _ hand: Hand) throws -> TestClient {
        var app = Application()
        app.use(sessions)
        app.get("/") { request in try request.session.value(String.self, for: "user") ?? "nobody" }
        app.post("/login") { request in
            let session = try request.session
            try session.renew()
            try session.set("ada", for: "user")
            hand.session.withLock { $0 = session }
            return "hello"
        }
        return TestClient(try app.router(), keepsCookies: true)
    }

    @Test(arguments: [0, 1])
    func `an id can't change when no response is left to set the cookie`(store: Int) async throws {
        let hand = Hand()
        let client = try client(Sessions(store: Self.stores[store]), hand)
        _ = try await client.post("/login", body: "")
        let session = try #require(hand.session.withLock { $0 })
        #expect(throws: SessionError.noAnswer) { try session.renew() }
    }

    @Test func `a retained session ends when the store no longer has it`() async throws {
        let hand = Hand()
        let store = MemorySessionStore()
        let client = try client(Sessions(store: store), hand)
        _ = try await client.post("/login", body: "")
        let session = try #require(hand.session.withLock { $0 })
        #expect(try session.value(String.self, for: "user") == "ada")
        store.remove(session.id)
        #expect(try await client.get("/").text == "nobody")
        #expect(try session.value(String.self, for: "user") == nil)
    }

    @Test(arguments: [0, 1])
    func `a request with a planted id can't read or change the session of a later login`(store: Int) async throws {
        let store = Self.stores[store]
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let (left, leave) = AsyncStream.makeStream(of: Void.self)
        var app = Application()
        app.use(try Sessions(store: store))
        app.post("/plant") { request in
            try request.session.set("cheese", for: "basket")
            return try request.session.id
        }
        app.get("/slow") { request async throws in
            enter.yield()
            for await _ in left { break }
            let session = try request.session
            let user = try session.value(String.self, for: "user") ?? "nobody"
            do { try session.set("evil", for: "user") } catch SessionError.ended { return "\(user), ended" }
            return user
        }
        app.post("/login") { request in
            try request.session.renew()
            try request.session.set("ada", for: "user")
            return try request.session.id
        }
        app.get("/") { request in try request.session.value(String.self, for: "user") ?? "nobody" }
        let client = TestClient(try app.router())
        let planted = try await client.post("/plant", body: "")
        let cookie = try #require(planted.headers[.setCookie]?.prefix { $0 != ";" })
        async let slow = client.get("/slow", headers: [.cookie: String(cookie)])
        for await _ in entered { break }
        let login = try await client.post("/login", headers: [.cookie: String(cookie)], body: "")
        leave.yield()
        let answer = try await slow
        #expect(answer.text == "nobody, ended")
        #expect(answer.headers[.setCookie] == nil)
        #expect(try await client.get("/", headers: [.cookie: String(cookie)]).text == "nobody")
        #expect(try await store.load(planted.text) == nil)
        let fresh = try #require(login.headers[.setCookie]?.prefix { $0 != ";" })
        #expect(try await client.get("/", headers: [.cookie: String(fresh)]).text == "ada")
    }

    @Test func `many visitors without a login don't evict the session of a logged-in visitor`() async throws {
        let client = try client(Sessions(store: MemorySessionStore(capacity: 50)), keepsCookies: false)
        let login = try await client.post("/login?user=ada", body: "")
        let cookie = try #require(login.headers[.setCookie]?.prefix { $0 != ";" })
        for _ in 0..<200 { _ = try await client.post("/fail", body: "") }
        #expect(try await client.get("/", headers: [.cookie: String(cookie)]).text == "ada")
    }
}
