import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

/// The middleware around the responses that the router makes: 404, 405 and `OPTIONS`.
@Suite struct ScopeTests {
    /// Puts its name, followed by the capture `tenant`, in front of the names of inner middleware in `Via`.
    private struct Mark: Middleware {
        let text: String

        init(_ text: String) { self.text = text }

        func answer(_ request: Request, next: any Handler) -> Answer {
            let tenant = request.captures["tenant"] ?? ""
            return next.answer(request).edited(with: text + tenant) { response, text in
                response.headers[.via] = text + (response.headers[.via] ?? "")
            }
        }
    }

    private static func routes() -> Routes {
        var routes = Routes()
        routes.use(Mark("1"))
        routes.group("/api", through: Mark("2")) { api in
            api.get("/users/:id") { (_, id: Int) in "\(id)" }
            api.group("/v2", through: Mark("3")) { v2 in v2.post("/x") { _ in "x" } }
            api.group("/plain") { plain in plain.get("/y") { _ in "y" } }
        }
        var blog = Routes()
        blog.use(Mark("4"))
        blog.get("/:slug") { _ in "post" }
        routes.mount("/:tenant/blog", blog)
        routes.host(#"(?<tenant>[a-z]+)\.example\.com"#) { host in
            host.use(Mark("5"))
            host.get("/only") { _ in "only" }
            host.group("/deep", through: Mark("6")) { $0.get("/z") { _ in "z" } }
        }
        routes.get("/api/outside") { _ in "outside" }
        routes.get("/") { _ in "home" }
        return routes
    }

    @Test(arguments: [
        // 404 at the prefix, below the prefix, and for captures that don't convert.
        ("/api", 404, "12"), ("/api/", 404, "12"), ("/api/zz", 404, "12"), ("/api/users/x", 404, "12"),
        ("/api/v2", 404, "123"), ("/api/v2/zz/z", 404, "123"), ("/api/plain/zz", 404, "12"),
        // A path that continues the prefix without a slash isn't below it.
        ("/apix", 404, "1"), ("/api/v2x", 404, "12"), ("/ap", 404, "1"), ("/API", 404, "1"), ("/", 200, "1"),
        // A route outside the group answers without the group's middleware.
        ("/api/outside", 200, "1"), ("/api/users/7", 200, "12"),
        // A prefix with a capture.
        ("/t/blog", 404, "14t"), ("/t/blog/a/b", 404, "14t"), ("/t/blogs", 404, "1"), ("/t/blog/a", 200, "14t"),
    ])
    func `a group's middleware is around 404 at and below its prefix`(path: String, status: Int, via: String) throws {
        let answer = try ask(Self.routes(), .get, path)
        #expect(answer.status == status)
        #expect(answer.headers[.via] == via)
    }

    @Test(arguments: [HTTPRequest.Method.put, .options])
    func `the middleware of a route is around 405 and OPTIONS for its path`(method: HTTPRequest.Method) throws {
        for (path, via) in [
            ("/api/users/7", "12"), ("/api/v2/x", "123"), ("/t/blog/a", "14t"), ("/api/outside", "1"), ("/", "1"),
        ] {
            let answer = try ask(Self.routes(), method, path)
            #expect(answer.status == (method == .options ? 204 : 405))
            #expect(answer.headers[.via] == via)
            #expect(answer.headers[.allow] != nil)
        }
    }

    @Test func `OPTIONS for a path without routes is 404 inside the group's middleware`() throws {
        let answer = try ask(Self.routes(), .options, "/api/zz")
        #expect(answer.status == 404)
        #expect(answer.headers[.via] == "12")
    }

    @Test func `OPTIONS for the whole server is outside the middleware of all groups`() throws {
        #expect(try ask(Self.routes(), .options, "*").headers[.via] == "1")
    }

    @Test func `a host's middleware is around every refusal for that host, and for no other host`() throws {
        for (host, path, via) in [
            ("a.example.com", "/zz", "15a"), ("A.EXAMPLE.COM:80", "/deep/zz", "15a6a"), ("example.com", "/zz", "1"),
            ("", "/zz", "1"), ("a.example.com", "/deepx", "15a"),
        ] {
            let answer = try ask(Self.routes(), .get, path, host: host)
            #expect(answer.status == 404)
            #expect(answer.headers[.via] == via)
        }
        #expect(try ask(Self.routes(), .put, "/only", host: "a.example.com").headers[.via] == "15a")
        #expect(try ask(Self.routes(), .put, "/only", host: "b").status == 404)
    }

    @Test func `if two groups claim a path, the middleware of the first is used`() throws {
        var routes = Routes()
        routes.group("/a", through: Mark("1")) { $0.get("/x") { _ in "" } }
        routes.group("/a", through: Mark("2")) { $0.get("/y") { _ in "" } }
        routes.group("/a/b", through: Mark("3")) { $0.get("/z") { _ in "" } }
        #expect(try ask(routes, .get, "/a/zz").headers[.via] == "1")
        #expect(try ask(routes, .get, "/a/b/zz").headers[.via] == "1")
        // For a path with routes, the middleware of these routes is used.
        #expect(try ask(routes, .put, "/a/y").headers[.via] == "2")
        #expect(try ask(routes, .put, "/a/b/z").headers[.via] == "3")
    }

    @Test func `a group without a prefix claims no path, but is around 405 and OPTIONS for its routes`() throws {
        var routes = Routes()
        routes.group("", through: Mark("1")) { $0.get("/x") { _ in "" } }
        routes.group("/", through: Mark("2")) { group in
            group.get("/y") { _ in "" }
            group.group("/z", through: Mark("3")) { $0.get("/z") { _ in "" } }
        }
        #expect(try ask(routes, .get, "/zz").headers[.via] == nil)
        #expect(try ask(routes, .put, "/x").headers[.via] == "1")
        #expect(try ask(routes, .options, "/y").headers[.via] == "2")
        #expect(try ask(routes, .get, "/z/zz").headers[.via] == "23")
    }

    @Test func `a preflight request gets the middleware of the route with the requested method`() throws {
        var routes = Routes()
        routes.get("/x") { _ in "" }
        routes.group("", through: Mark("1")) { $0.post("/x") { _ in "" } }
        let router = try routes.build()
        #expect(try ask(router, .options, "/x").headers[.via] == nil)
        #expect(try ask(router, .options, "/x", [.accessControlRequestMethod: "POST"]).headers[.via] == "1")
        #expect(try ask(router, .options, "/x", [.accessControlRequestMethod: "GET"]).headers[.via] == nil)
        #expect(try ask(router, .options, "/x", [.accessControlRequestMethod: "PUT"]).headers[.via] == nil)
    }

    @Test func `routes that are mounted twice claim the paths below both prefixes`() throws {
        var inner = Routes()
        inner.use(Mark("i"))
        inner.group("/g", through: Mark("g")) { $0.get("/x") { _ in "" } }
        var routes = Routes()
        routes.mount("/a", inner)
        routes.mount("/b", inner)
        for path in ["/a/g/zz", "/b/g/zz"] { #expect(try ask(routes, .get, path).headers[.via] == "ig") }
        for path in ["/a/zz", "/b/zz", "/a", "/b"] { #expect(try ask(routes, .get, path).headers[.via] == "i") }
    }

    @Test func `a prefix with alternatives claims the paths below each of them`() throws {
        var routes = Routes()
        routes.group("/a|/b", through: Mark("1")) { $0.get("/x") { _ in "" } }
        for path in ["/a", "/b/zz"] { #expect(try ask(routes, .get, path).headers[.via] == "1") }
        for path in ["/c", "/ax", "/a|/b"] { #expect(try ask(routes, .get, path).headers[.via] == nil) }
    }

    @Test func `an invalid prefix of a group with middleware is reported`() throws {
        var routes = Routes()
        routes.group("/a(", through: Mark("1")) { $0.get("/b)") { _ in "" } }
        #expect(throws: RoutesError.self) { try routes.build() }
    }

    @Test(arguments: 0..<50)
    func `the index of scopes finds the same scope as a scan in order of declaration`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 3_000)
        var routes = Routes()
        var scopes: [(pattern: Pattern, name: String)] = []
        for number in 0..<12 {
            let prefix = RandomRoutes.pattern(&random)
            // A verb such as `(*ACCEPT)` may end the match before `(?!)`, the part that never matches.
            guard !prefix.hasSuffix("/"), !prefix.contains("(*") else { continue }
            guard let pattern = try? Pattern("(?:\(prefix))(?:/.*)?") else { continue }
            scopes.append((pattern, "\(number);"))
            // This route never matches, so every path is refused.
            routes.group(prefix, through: Mark("\(number);")) { $0.get("/(?!)") { _ in "" } }
        }
        guard let router = try? routes.build() else { return }
        for _ in 0..<200 {
            let path = RandomRoutes.path(&random)
            guard RequestTarget(path)?.matchingPath == path else { continue }
            let expected = scopes.first { $0.pattern.matches(path) }?.name
            #expect(try ask(router, .get, path).headers[.via] == expected, "\(path)")
        }
    }

    // MARK: Bytes

    @Test(arguments: [
        "api.\u{212A}elvin.com", "api.kelvin.com\u{301}", "\u{600}api.kelvin.com", "api.kelvin.\u{441}om",
    ])
    func `a host that isn't ASCII matches no host pattern`(host: String) throws {
        var routes = Routes()
        routes.host(#"api\.kelvin\.com"#) { $0.get("/") { _ in "inside" } }
        routes.host("(.*)") { $0.get("/all") { _ in "all" } }
        #expect(try ask(routes, .get, "/", host: host).status == 404)
        #expect(try ask(routes, .get, "/all", host: host).status == 404)
        #expect(try ask(routes, .get, "/", host: "API.Kelvin.COM").status == 200)
    }
}
