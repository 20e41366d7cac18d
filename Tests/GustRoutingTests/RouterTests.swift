import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

@Suite struct RouterTests {
    @Test func `the first route that matches answers`() throws {
        var routes = Routes()
        routes.get("/a/:x") { _ in "first" }
        routes.get("/a/b") { _ in "second" }
        #expect(try ask(routes, .get, "/a/b").text == "first")
    }

    @Test func `captures are converted by position, and a failure tries the next route`() throws {
        var routes = Routes()
        routes.get("/v/:x/:y") { (_, x: Int, y: String) in "number \(x + 1) \(y)" }
        routes.get("/v/:x/:y") { (_, x: String, y: String) in "text \(x) \(y)" }
        #expect(try ask(routes, .get, "/v/41/z").text == "number 42 z")
        #expect(try ask(routes, .get, "/v/fortyone/z").text == "text fortyone z")
    }

    private struct Post: Decodable {
        let year: Int
        let slug: String
        let page: Int?
    }

    @Test func `captures are decoded into a struct by name`() throws {
        var routes = Routes()
        routes.get(#"/(?P<year>\d{4})/(?P<slug>[a-z-]+)(?:/(?P<page>\d+))?"#) { (_, post: Post) in
            "\(post.slug) of \(post.year), page \(post.page ?? 1)"
        }
        #expect(try ask(routes, .get, "/2026/gust").text == "gust of 2026, page 1")
        #expect(try ask(routes, .get, "/2026/gust/3").text == "gust of 2026, page 3")
    }

    private enum Kind: String, Decodable { case cat, dog }

    @Test func `a single capture may be any type that reads a single value`() throws {
        var routes = Routes()
        routes.get("/kind/:kind") { (_, kind: Kind) in "a \(kind)" }
        routes.get("/kind/:kind") { (_, number: Int32) in "number \(number)" }
        #expect(try ask(routes, .get, "/kind/cat").text == "a cat")
        #expect(try ask(routes, .get, "/kind/7").text == "number 7")
        #expect(try ask(routes, .get, "/kind/cow").status == 404)
    }

    @Test func `an async handler is not answered in place`() throws {
        var routes = Routes()
        routes.get("/later") { _ async in "later" }
        #expect(try ask(routes, .get, "/later").text == "awaits")
    }

    // MARK: Methods

    @Test func `another method is answered 405 with the allowed ones`() throws {
        var routes = Routes()
        routes.get("/x") { _ in "x" }
        routes.post("/x") { _ in "x" }
        routes.delete(#"/\w"#) { _ in "x" }
        let answer = try ask(routes, .put, "/x")
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == "DELETE, GET, HEAD, OPTIONS, POST")
    }

    @Test func `HEAD is answered by the route for GET`() throws {
        var routes = Routes()
        routes.get("/x") { _ in "x" }
        #expect(try ask(routes, .head, "/x").status == 200)
    }

    @Test func `OPTIONS is answered with the allowed methods`() throws {
        var routes = Routes()
        routes.post("/x") { _ in "x" }
        let answer = try ask(routes, .options, "/x")
        #expect(answer.status == 204)
        #expect(answer.headers[.allow] == "OPTIONS, POST")
    }

    @Test func `an unknown path is 404 for every method`() throws {
        var routes = Routes()
        routes.get("/x") { _ in "x" }
        #expect(try ask(routes, .get, "/y").status == 404)
        #expect(try ask(routes, .options, "/y").status == 404)
    }

    @Test func `a capture that doesn't convert is 404, not 405`() throws {
        var routes = Routes()
        routes.get("/n/:n") { (_, n: Int) in "\(n)" }
        #expect(try ask(routes, .post, "/n/x").status == 404)
        #expect(try ask(routes, .post, "/n/1").status == 405)
    }

    // MARK: Groups, mounts, hosts

    private struct Mark: Middleware {
        let text: String
        func respond(to request: Request, next: any Handler) async throws -> Response {
            try await next.respond(to: request)
        }
        func respondInPlace(to request: Request, next: any Handler) throws -> Response? {
            guard var response = try next.respondInPlace(to: request) else { return nil }
            response.headers[.via] = text + (response.headers[.via] ?? "")
            return response
        }
    }

    @Test func `a group has a prefix, and middleware of its own`() throws {
        var routes = Routes()
        routes.use(Mark(text: "a"))
        routes.group("/admin", through: Mark(text: "b"), Mark(text: "c")) { admin in
            admin.get("/users/:id") { (_, id: Int) in "\(id)" }
        }
        routes.get("/") { _ in "home" }
        #expect(try ask(routes, .get, "/admin/users/7").text == "7")
        #expect(try ask(routes, .get, "/admin/users/7").headers[.via] == "abc")
        #expect(try ask(routes, .get, "/").headers[.via] == "a")
    }

    @Test func `a mount brings its routes below a prefix`() throws {
        var blog = Routes()
        blog.get("/:slug") { request in request.captures["slug"] }
        var routes = Routes()
        routes.mount("/blog/", blog)
        #expect(try ask(routes, .get, "/blog/gust").text == "gust")
    }

    @Test func `a prefix holds for all alternatives of what is mounted`() throws {
        var routes = Routes()
        routes.group("/admin|/root") { $0.get("/x|/y") { _ in "inside" } }
        for path in ["/admin/x", "/admin/y", "/root/x", "/root/y"] {
            #expect(try ask(routes, .get, path).text == "inside")
        }
        for path in ["/y", "/admin", "/x"] { #expect(try ask(routes, .get, path).status == 404) }
    }

    @Test func `every alternative of a host pattern counts`() throws {
        var routes = Routes()
        routes.host(#"a\.com|b\.com"#) { $0.get("/") { _ in "ours" } }
        #expect(try ask(routes, .get, "/", host: "a.com").text == "ours")
        #expect(try ask(routes, .get, "/", host: "b.com").text == "ours")
        #expect(try ask(routes, .get, "/", host: "c.com").status == 404)
    }

    @Test func `a host pattern chooses by the whole host without its port`() throws {
        var routes = Routes()
        routes.host(#"([a-z]+)\.example\.com"#) { $0.get("/") { _ in "tenant" } }
        routes.get("/") { _ in "anybody" }
        #expect(try ask(routes, .get, "/", host: "acme.example.com:8080").text == "tenant")
        #expect(try ask(routes, .get, "/", host: "ACME.example.com").text == "tenant")
        #expect(try ask(routes, .get, "/", host: "evil-acme.example.com.org").text == "anybody")
        #expect(try ask(routes, .get, "/").text == "anybody")
    }

    // MARK: Reverse URLs

    @Test func `a URL is built from a name, also for regular expressions`() throws {
        var routes = Routes()
        routes.get(#"/(?P<year>\d{4})/(?P<slug>[a-z-]+)(?:/page/(?P<page>\d+))?"#, name: "post") { _ in "" }
        routes.get("/hello/:name", name: "hello") { _ in "" }
        let router = try routes.build()
        #expect(try router.url(for: "post", ["year": 2026, "slug": "gust"]) == "/2026/gust")
        #expect(try router.url(for: "post", ["year": 2026, "slug": "gust", "page": 2]) == "/2026/gust/page/2")
        #expect(try router.url(for: "hello", ["name": "a b?"]) == "/hello/a%20b%3F")
    }

    @Test func `a URL's own text is encoded, and what no value asks for is left out`() throws {
        var routes = Routes()
        routes.get("/café au lait/:size(?:/now)?", name: "coffee") { _ in "" }
        #expect(try routes.build().url(for: "coffee", ["size": 2]) == "/caf%C3%A9%20au%20lait/2")
    }

    @Test func `a URL that its own route wouldn't match isn't built`() throws {
        var routes = Routes()
        routes.get(#"/(?P<year>\d{4})"#, name: "year") { _ in "" }
        let router = try routes.build()
        #expect(throws: ReverseError.self) { try router.url(for: "year", ["year": "last"]) }
        #expect(throws: ReverseError.self) { try router.url(for: "year") }
        #expect(throws: ReverseError.self) { try router.url(for: "month") }
    }

    // MARK: Mistakes

    @Test func `all mistakes are thrown together, with their places underlined`() throws {
        var routes = Routes()
        routes.get("/a(", file: "App.swift", line: 1) { _ in "" }
        routes.get("/b", name: "same", file: "App.swift", line: 2) { _ in "" }
        routes.get("/c", name: "same", file: "App.swift", line: 3) { _ in "" }
        routes.get("/d/:x", file: "App.swift", line: 4) { (_, x: Int, y: Int) in "\(x)\(y)" }
        routes.get("/:year", file: "App.swift", line: 5) { (_, post: Post) in post.slug }
        do {
            _ = try routes.build()
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.problems.count == 4)
            #expect(error.problems.first == "App.swift:1: missing closing parenthesis\n  /a(\n     ^")
            #expect(error.description.contains("App.swift:3: the name \"same\" is taken by GET /b (same)\n  /c\n  ^^"))
            #expect(error.description.contains("App.swift:4: the handler takes 2 captures, the pattern has 1"))
            #expect(
                error.description.contains("wants a capture called \"slug\", the pattern has none\n  /:year\n  ^^^^^^")
            )
        }
    }

    @Test func `a route that another shadows is warned about, with an example`() throws {
        var routes = Routes()
        routes.get("/users/:name") { _ in "" }
        routes.get("/users/me") { _ in "" }
        routes.get(#"/users/(\d+)/x"#) { _ in "" }
        routes.post("/users/me") { _ in "" }
        #expect(
            try routes.build().warnings == ["GET /users/me is never asked for /users/me: GET /users/:name comes first"]
        )
    }

    @Test func `a text shadows no expression, because it takes only one of its paths`() throws {
        var routes = Routes()
        routes.get("/x") { _ in "" }
        routes.get("/:name") { _ in "" }
        #expect(try routes.build().warnings.isEmpty)
    }

    @Test func `a typed route shadows nothing, because it may let the next one try`() throws {
        var routes = Routes()
        routes.get("/n/:n") { (_, n: Int) in "\(n)" }
        routes.get("/n/:n") { _ in "text" }
        #expect(try routes.build().warnings.isEmpty)
    }

    @Test func `the listing shows every route`() throws {
        var routes = Routes()
        routes.get("/a", name: "a") { _ in "" }
        routes.post("/b/:c") { _ in "" }
        #expect(try routes.build().listing == "GET /a (a)\nPOST /b/:c")
    }
}
