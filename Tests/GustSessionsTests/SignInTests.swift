import Gust
import GustHTTP
import GustSessions
import GustTesting
import Synchronization
import Testing

/// Signing in and out, and what only users may see.
@Suite struct SignInTests {
    private func router(_ middleware: any Middleware) throws -> Router {
        var app = Application()
        app.use(middleware)
        app.get("/") { request in try request.session.user ?? "nobody" }
        app.get("/id") { request in try request.session.id }
        app.post("/signin") { request in
            let user = request.query["user"] ?? ""
            try request.session.signIn(as: user, roles: user.hasSameBytes(as: "root") ? ["admin"] : [])
            return Response.redirect(to: RequireSession.signInTarget(of: request, otherwise: "/home"))
        }
        app.post("/others") { request async throws in
            do { try await request.session.endOthers() } catch let error as SessionError { return "\(error)" }
            return "ended"
        }
        app.group("/admin", through: RequireSession(role: "admin", signIn: "/login")) { admin in
            admin.get("/page") { _ in "secret" }
            admin.post("/page") { _ in "changed" }
        }
        return try app.router()
    }

    private func client(_ middleware: any Middleware) throws -> TestClient {
        TestClient(try router(middleware), keepsCookies: true)
    }

    @Test func `signing in changes the id, and the old id is nobody's`() async throws {
        let client = try client(Sessions())
        _ = try await client.post("/signin?user=eve", body: "")
        let old = client.cookies["session"] ?? ""
        _ = try await client.post("/signin?user=ada", body: "")
        #expect(try await client.get("/").text == "ada")
        #expect(try await client.get("/", headers: [.cookie: "session=\(old)"]).text == "nobody")
    }

    @Test func `the other sessions of a user end everywhere, and those of others stay`() async throws {
        let router = try router(Sessions())
        func browser(_ user: String) async throws -> TestClient {
            let client = TestClient(router, keepsCookies: true)
            _ = try await client.post("/signin?user=\(user)", body: "")
            return client
        }
        let (phone, desk, bob) = (try await browser("ada"), try await browser("ada"), try await browser("bob"))
        #expect(try await desk.post("/others", body: "").text == "ended")
        #expect(try await phone.get("/").text == "nobody")
        #expect(try await desk.get("/").text == "ada")
        #expect(try await bob.get("/").text == "bob")
        #expect(try await phone.post("/others", body: "").text == "nobody has signed in to the session")
    }

    @Test func `the sockets of the other sessions are closed`() async throws {
        var app = Application()
        let io = SocketIO()
        app.use(try Sessions())
        app.post("/signin") { request in
            try request.session.signIn(as: "ada")
            return "hello"
        }
        app.post("/others") { request async throws in
            try await request.session.endOthers()
            return "ended"
        }
        app.add(io.routes())
        let router = try app.router()
        let (phone, desk) = (TestClient(router, keepsCookies: true), TestClient(router, keepsCookies: true))
        _ = try await phone.post("/signin", body: "")
        _ = try await desk.post("/signin", body: "")
        let socket = try await phone.open()
        _ = try await desk.post("/others", body: "")
        #expect(try await socket.next() == .disconnected)
    }

    @Test func `a session in a cookie can't be ended on other devices`() async throws {
        let client = try client(CookieSessions(keys: .random()))
        _ = try await client.post("/signin?user=ada", body: "")
        let text = try await client.post("/others", body: "").text
        #expect(
            text == "a session in a cookie can't be ended on other devices: use the middleware Sessions with a store"
        )
    }

    @Test func `a page is guarded by the role, and a browser is sent to the page for signing in`() async throws {
        let client = try client(Sessions())
        let page = "/admin/page?a=1&b=2"
        let redirection = try await client.get(page, headers: [.accept: "text/html,*/*"])
        #expect(redirection.status == .seeOther)
        #expect(redirection.headers[.location] == "/login?next=%2Fadmin%2Fpage%3Fa%3D1%26b%3D2")
        #expect(try await client.get(page).status == .unauthorized)
        #expect(try await client.post("/admin/page", headers: [.accept: "text/html"], body: "").status == .unauthorized)
        _ = try await client.post("/signin?user=ada", body: "")
        #expect(try await client.get(page, headers: [.accept: "text/html"]).status == .forbidden)
        let answer = try await client.post("/signin?user=root&next=%2Fadmin%2Fpage%3Fa%3D1", body: "")
        #expect(answer.headers[.location] == "/admin/page?a=1")
        #expect(try await client.get(page).text == "secret")
    }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/\t/evil.example", "/a\\b", "/a b",
    ])
    func `a visitor isn't sent to another site after signing in`(next: String) async throws {
        let client = try client(Sessions())
        let encoded = PercentEncoding.encodeSegment(next)
        let answer = try await client.post("/signin?user=ada&next=\(encoded)", body: "")
        #expect(answer.headers[.location] == "/home")
    }

    @Test func `a guard without sessions fails with the remedy`() async throws {
        let request = try Exchange().request("/")
        let answer = RequireSession().answer(request, next: ImmediateHandler { _ in "secret" })
        await #expect(throws: SessionError.noMiddleware) { try await answer.response() }
    }
}
