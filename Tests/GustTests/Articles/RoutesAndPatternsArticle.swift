import Gust
import GustTesting
import Testing

/// The snippets of `RoutesAndPatterns.md`.
@Suite struct RoutesAndPatternsArticle {
    struct Day: Decodable { let year: Int, month: Int }

    struct Color: CaptureConvertible, Decodable {
        let code: Int

        static func convert(capture text: String) -> Color? { Int(text, radix: 16).map { Color(code: $0) } }
    }

    @Test(arguments: [("/colors/ff", 200, "255"), ("/colors/red", 404, "Not Found")])
    func `a type converts a capture itself`(target: String, status: Int, text: String) async throws {
        var app = Application()
        app.get("/colors/:color") { (_, color: Color) in "\(color.code)" }
        let response = try await TestClient(try app.router()).get(target)
        #expect(response.status.code == status)
        #expect(response.text == text)
    }

    @Test(arguments: [
        (HTTPRequest.Method.put, "/notes/7", "note 7 is written"), (.patch, "/notes/7", "note 7 is changed"),
        (.delete, "/notes/7", "note 7 is deleted"), (.get, "/either", "GET"), (.post, "/either", "POST"),
    ])
    func `each method has a function of its name`(
        method: HTTPRequest.Method,
        target: String,
        text: String
    ) async throws {
        var app = Application()
        app.put("/notes/:id") { (_, id: Int) in "note \(id) is written" }
        app.patch("/notes/:id") { (_, id: Int) in "note \(id) is changed" }
        app.delete("/notes/:id") { (_, id: Int) in "note \(id) is deleted" }
        app.on(.get, .post, pattern: "/either") { request in request.method.rawValue }
        #expect(try await TestClient(try app.router()).execute(method, target).text == text)
    }

    @Test(arguments: [
        ("/archive/2026", 200, "all of 2026"), ("/archive/2026/gust", 200, "gust of 2026"),
        ("/archive/26", 404, "Not Found"),
        ("/raw/a/b.txt", 200, "a/b.txt"),
    ])
    func `converters and optional segments`(target: String, status: Int, text: String) async throws {
        var app = Application()
        app.routes.converters["year"] = "[0-9]{4}"
        app.get("/archive/:year<year>/:slug?", name: "archive") { (_, year: Int, slug: String?) in
            "\(slug ?? "all") of \(year)"
        }
        app.get("/raw/:file<path>") { request in request.captures["file"] ?? "" }
        let response = try await TestClient(try app.router()).get(target)
        #expect(response.status.code == status)
        #expect(response.text == text)
    }

    @Test func `a route has middleware of its own`() async throws {
        var app = Application()
        let stamp = ClosureMiddleware(answering: { request, next in
            guard request.query["key"] == "secret" else { throw HTTPError(.unauthorized) }
            return next.answer(request)
        })
        app.get("/report", through: stamp) { _ in "the report" }
        app.add(SocketIO().routes(), through: stamp)
        let client = TestClient(try app.router())
        #expect(try await client.get("/report?key=secret").text == "the report")
        #expect(try await client.get("/report").status == .unauthorized)
        #expect(try await client.get("/socket.io/?EIO=4&transport=polling").status == .unauthorized)
        #expect(try await client.get("/socket.io/?EIO=4&transport=polling&key=secret").status == .ok)
    }

    @Test func `a slash at the end is redirected or ignored`() async throws {
        var app = Application()
        app.routes.trailingSlash = .redirect
        app.group("/api") { api in
            api.trailingSlash = .ignore
            api.get("/users") { _ in "users" }
        }
        app.get("/hello") { _ in "hello" }
        let client = TestClient(try app.router())
        #expect(try await client.get("/api/users/").text == "users")
        let response = try await client.get("/hello/?a=b")
        #expect(response.status == .permanentRedirect)
        #expect(response.headers[.location] == "/hello?a=b")
    }

    @Test func `a dangerous expression is accepted`() async throws {
        var app = Application()
        app.routes.toleratedPatterns.append(#"/old/((?:\w+-?)+)\.html"#)
        app.get(#"/old/((?:\w+-?)+)\.html"#) { request in request.captures[0] ?? "" }
        let router = try app.router()
        #expect(router.warnings.isEmpty)
        app.routes.toleratedPatterns = []
        #expect(try app.router().warnings.count == 1)
        #expect(try await TestClient(router).get("/old/a-b.html").text == "a-b")
    }

    @Test func `a mounted handler gets the prefix that was removed from the path`() async throws {
        var app = Application()
        var inner = Routes()
        inner.get("/:page") { request in "\(request.path) below \(request.mountPrefix)" }
        app.mount("/docs", try inner.build())
        #expect(try await TestClient(try app.router()).get("/docs/start").text == "/start below /docs")
    }

    @Test(arguments: [
        ("/hello/Ada", "Hello, Ada"), ("/2010/may", "2010 may"), ("/add/20/22", "42"), ("/log/2010/5", "2010-5"),
    ])
    func `captures are passed as text or decoded`(target: String, text: String) async throws {
        var app = Application()
        app.get("/hello/:name") { request in "Hello, \(request.captures["name"] ?? "")" }
        app.get(#"/(?P<year>\d{4})/([a-z]+)"#) { request in
            "\(request.captures["year"] ?? "") \(request.captures[0] ?? "")"
        }
        app.get("/add/:a/:b") { (_, a: Int, b: Int) in "\(a + b)" }
        app.get("/log/:year/:month") { (_, day: Day) in "\(day.year)-\(day.month)" }
        #expect(try await TestClient(try app.router()).get(target).text == text)
    }

    @Test func `groups, mounts and hosts contain routes, and paths are built from names`() async throws {
        var app = Application()
        app.group("/admin") { admin in
            admin.get("/users") { _ in "users" }
        }
        var blog = Routes()
        blog.get("/:slug", name: "post") { (_, slug: String) in "post \(slug)" }
        app.mount("/blog", blog)
        app.host(#"api\.example\.com"#) { api in
            api.get("/status") { _ in "fine" }
        }
        let router = try app.router()
        let path = try router.url(for: "post", ["slug": "a b"])

        #expect(path == "/blog/a%20b")
        let client = TestClient(router)
        #expect(try await client.get("/admin/users").text == "users")
        #expect(try await client.get(path).text == "post a b")
        #expect(try await client.get("/status").status == .notFound)
    }

    @Test func `a condition chooses among routes with one pattern`() async throws {
        var app = Application()
        app.when({ $0.headers[.accept] == "application/vnd.example.v2+json" }) { second in
            second.get("/prices") { _ in "prices of the second version" }
        }
        app.get("/prices") { _ in "prices" }
        let client = TestClient(try app.router())
        #expect(try await client.get("/prices").text == "prices")
        let second = try await client.get("/prices", headers: [.accept: "application/vnd.example.v2+json"])
        #expect(second.text == "prices of the second version")
    }
}
