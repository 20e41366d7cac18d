import Gust
import GustSessions
import GustTesting
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The snippets of `SessionsAndStores.md`.
@Suite(.leavesNothing) struct SessionsAndStoresArticle {
    private let secret = String(repeating: "0123456789abcdef", count: 2)

    @Test func `the endpoint reads the session of a visitor who logged in on a page`() async throws {
        var app = Application()
        let io = SocketIO()
        app.use(try Sessions(keys: SigningKeys(secret)))
        app.post("/login") { request in
            try request.session.signIn(as: "ada")
            return Response.redirect(to: "/")
        }
        io.onConnect { socket in
            socket.on("who am I") { socket.session.user ?? "nobody" }
        }
        app.add(io.routes())
        let client = TestClient(try app.router(), keepsCookies: true)
        let stranger = try await client.open()
        #expect(try await stranger.emitWithAcknowledgement("who am I") == [#""nobody""#])
        _ = try await client.post("/login", body: "")
        let ada = try await client.open()
        #expect(try await ada.emitWithAcknowledgement("who am I") == [#""ada""#])
    }

    @Test func `a socket counts in its session, which a store saves`() async throws {
        var app = Application()
        let io = SocketIO()
        let store = MemorySessionStore(capacity: 100_000)
        app.use(try Sessions(keys: SigningKeys(secret), store: store))
        io.onConnect { socket in
            socket.on("count") { () async throws -> Int in
                let count = try socket.session.value(Int.self, for: "count") ?? 0
                try socket.session.set(count + 1, for: "count")
                try await socket.session.save()
                return count + 1
            }
        }
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        #expect(try await socket.emitWithAcknowledgement("count") == ["1"])
        #expect(try await socket.emitWithAcknowledgement("count") == ["2"])
    }

    actor DatabaseSessions: SessionStore {
        private var rows: [String: Data] = [:]

        func load(_ id: String) throws -> SessionRecord? {
            guard let row = rows[id] else { return nil }
            let record = try JSONDecoder().decode(SessionRecord.self, from: row)
            return record.expires > Int(Date().timeIntervalSince1970) ? record : nil
        }

        func save(_ record: SessionRecord, for id: String) throws -> Bool {
            guard try load(id)?.version ?? 0 == record.version else { return false }
            var record = record
            record.version += 1
            rows[id] = try JSONEncoder().encode(record)
            return true
        }

        func remove(_ id: String) { rows[id] = nil }

        func removeAll(of user: String, except kept: String?) throws -> [String] {
            let removed = try rows.keys.filter { try $0 != kept && load($0)?.user == user }
            for id in removed { rows[id] = nil }
            return removed
        }
    }

    @Test func `a store of one's own keeps encoded values`() async throws {
        let record: SessionRecord = ["user": #""ada""#]
        let store = DatabaseSessions()
        #expect(try await store.save(record, for: "1"))
        #expect(try await store.save(record, for: "1") == false)
        #expect(try await store.load("1")?.version == 1)
        await store.remove("1")
        #expect(try await store.load("1") == nil)
    }

    @Test func `a visitor stays logged in by a store of one's own until the logout`() async throws {
        var app = Application()
        app.use(try Sessions(keys: SigningKeys(secret), store: DatabaseSessions()))
        app.post("/login") { request in
            try request.session.set("ada", for: "user")
            return "hello"
        }
        app.get("/me") { request in try request.session.value(String.self, for: "user") ?? "nobody" }
        app.post("/logout") { request in
            try request.session.destroy()
            return "bye"
        }
        let client = TestClient(try app.router(), keepsCookies: true)
        _ = try await client.post("/login", body: "")
        #expect(try await client.get("/me").text == "ada")
        _ = try await client.post("/logout", body: "")
        #expect(try await client.get("/me").text == "nobody")
    }

    @Test func `a socket is disconnected when its visitor logs out`() async throws {
        var app = Application()
        let io = SocketIO()
        app.use(try Sessions(keys: SigningKeys(secret)))
        app.post("/logout") { request in
            try request.session.destroy()
            return "bye"
        }
        io.onConnect { socket in
            socket.session.onEnd { socket.disconnect() }
        }
        app.add(io.routes())
        let client = TestClient(try app.router(), keepsCookies: true)
        let socket = try await client.open()
        _ = try await client.post("/logout", body: "")
        #expect(try await socket.next() == .disconnected)
    }

    @Test func `a visitor signs in with a password, sees a message once, and is guarded by a role`() async throws {
        let hash = try await PasswordHash.make("correct horse")
        let users = ["ada": hash]
        var app = Application()
        app.use(try Sessions(keys: SigningKeys(secret)))
        app.post("/login") { request async throws in
            let form = try await request.form()
            let name = form["name"] ?? ""
            guard try await PasswordHash.isValid(form["password"] ?? "", for: users[name]) else {
                throw HTTPError(.unauthorized, "the name or the password is wrong")
            }
            try request.session.signIn(as: name, roles: ["editor"], remember: form["remember"] != nil)
            try request.session.flash("Welcome back, \(name)!")
            return Response.redirect(to: RequireSession.signInTarget(of: request))
        }
        app.get("/") { request in
            try request.session.takeFlashes().map(\.text).joined()
        }
        app.group("/notes", through: RequireSession(role: "editor", signIn: "/login")) { notes in
            notes.get("/new") { request in
                "<form method=post><input type=hidden name=_csrf value=\(try request.session.csrfToken())>"
            }
        }
        let client = TestClient(try app.router(), keepsCookies: true)
        let page = try await client.get("/notes/new", headers: [.accept: "text/html"])
        #expect(page.headers[.location] == "/login?next=%2Fnotes%2Fnew")
        let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        #expect(try await client.post("/login", headers: form, body: "name=ada&password=x").status == .unauthorized)
        let body = "name=ada&password=correct+horse&remember=1"
        #expect(try await client.post("/login", headers: form, body: body).headers[.location] == "/")
        #expect(try await client.get("/").text == "Welcome back, ada!")
        #expect(try await client.get("/").text == "")
        #expect(try await client.get("/notes/new").text.hasPrefix("<form"))
    }

    @Test func `a session is kept in its cookie`() async throws {
        var app = Application()
        app.use(try CookieSessions(keys: SigningKeys(secret), absoluteLifetime: .seconds(7 * 86_400)))
        app.post("/login") { request in
            try request.session.signIn(as: "ada")
            return "hello"
        }
        app.get("/me") { request in try request.session.user ?? "nobody" }
        let client = TestClient(try app.router(), keepsCookies: true)
        _ = try await client.post("/login", body: "")
        #expect(try await client.get("/me").text == "ada")
    }
}
