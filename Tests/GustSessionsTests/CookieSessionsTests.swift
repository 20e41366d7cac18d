import Gust
import GustHTTP
import GustTesting
import Testing

@testable import GustSessions

/// Sessions that are kept in their cookie.
@Suite struct CookieSessionsTests {
    private let keys = SigningKeys.random()

    private func client(_ sessions: CookieSessions) throws -> TestClient {
        var app = Application()
        app.use(sessions)
        app.get("/") { request in try request.session.value(String.self, for: "text") ?? "nothing" }
        app.post("/") { request in
            let text = request.query["text"] ?? ""
            do { try request.session.set(text, for: "text") } catch { return "\(error)" }
            return "set"
        }
        app.post("/end") { request in
            try request.session.destroy()
            return "ended"
        }
        return TestClient(try app.router(), keepsCookies: true)
    }

    @Test(arguments: [true, false])
    func `a session outlives the process that made it`(isEncrypted: Bool) async throws {
        let before = try client(CookieSessions(keys: keys, isEncrypted: isEncrypted))
        _ = try await before.post("/?text=hello", body: "")
        let after = try client(CookieSessions(keys: keys, isEncrypted: isEncrypted))
        after.setHeaders([.cookie: "session=\(before.cookies["session"] ?? "")"])
        #expect(try await after.get("/").text == "hello")
        let stranger = try client(CookieSessions(keys: .random(), isEncrypted: isEncrypted))
        stranger.setHeaders([.cookie: "session=\(before.cookies["session"] ?? "")"])
        #expect(try await stranger.get("/").text == "nothing")
    }

    @Test func `an encrypted cookie hides the values, and a signed one shows them`() async throws {
        func cookie(isEncrypted: Bool) async throws -> String {
            let client = try client(CookieSessions(keys: keys, isEncrypted: isEncrypted))
            _ = try await client.post("/?text=hello", body: "")
            let fields = (client.cookies["session"] ?? "").split(separator: ".").map(String.init)
            return fields.compactMap { URLBase64.decode($0).map { String(decoding: $0, as: UTF8.self) } }.joined()
        }
        #expect(try await !cookie(isEncrypted: true).contains("hello"))
        #expect(try await cookie(isEncrypted: false).contains("hello"))
    }

    @Test func `a cookie is set only when the values change`() async throws {
        let client = try client(CookieSessions(keys: keys))
        #expect(try await client.get("/").headers[.setCookie] == nil)
        #expect(try await client.post("/?text=a", body: "").headers[.setCookie] != nil)
        #expect(try await client.get("/").headers[.setCookie] == nil)
        #expect(try await client.post("/?text=b", body: "").headers[.setCookie] != nil)
        #expect(try await client.get("/").text == "b")
    }

    @Test func `a destroyed session is removed, and its cookie isn't valid in this process any more`() async throws {
        let client = try client(CookieSessions(keys: keys))
        _ = try await client.post("/?text=a", body: "")
        let old = client.cookies["session"] ?? ""
        #expect(try await client.post("/end", body: "").headers[.setCookie]?.hasPrefix("session=; Max-Age=0; ") == true)
        #expect(try await client.get("/", headers: [.cookie: "session=\(old)"]).text == "nothing")
    }

    @Test func `the greatest session fits into a cookie, and a greater one is refused`() async throws {
        let client = try client(CookieSessions(keys: keys))
        let longest = String(repeating: "x", count: 2_000 - 6 - 6 - 2)
        let answer = try await client.post("/?text=\(longest)", body: "")
        #expect(answer.text == "set")
        #expect((answer.headers[.setCookie] ?? "").utf8.count <= 4_096)
        #expect(try await client.get("/").text == longest)
        #expect(
            try await client.post("/?text=\(longest)x", body: "").text == "the session's values exceed the size limit"
        )
    }

    @Test func `a session of many small values fits into a cookie too`() async throws {
        let core = SessionCore(
            id: "x",
            store: CookieSessionStore(),
            limit: SessionSeal.maximumLength,
            live: LiveSessions()
        )
        let session = Session(core)
        session.beginAnswer()
        try session.signIn(as: String(repeating: "\\", count: 248))
        while (try? session.set("\"\\", for: String(session.keys.count))) != nil {}
        let content = SessionSeal.Content(id: LiveSessions.makeID(), record: session.core.record)
        for isEncrypted in [true, false] {
            let seal = SessionSeal(keys, isEncrypted: isEncrypted, name: "session")
            let text = try #require(try seal.text(of: content, now: .now))
            #expect((3_000...4_096 - "session".utf8.count).contains(text.utf8.count))
        }
        #expect(throws: SessionError.tooLarge) { try session.signIn(as: String(repeating: "\\", count: 249)) }
    }

    @Test func `a socket can't save the session, because no response sets the cookie`() async throws {
        var app = Application()
        let io = SocketIO()
        app.use(try CookieSessions(keys: keys))
        io.onConnect { socket in
            socket.on("save") { () async -> String in
                do { try await socket.session.save() } catch { return "\(error)" }
                return "saved"
            }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router(), keepsCookies: true).open()
        let text = try await socket.emitWithAcknowledgement("save")
        #expect(
            text == [#""a session can't be renewed, nor saved in a cookie, after the response, which sets the cookie""#]
        )
    }
}
