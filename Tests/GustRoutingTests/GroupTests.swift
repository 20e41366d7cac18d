import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustRouting

@Suite struct GroupTests {
    private struct Mark: Middleware {
        let text: String
        func answer(_ request: Request, next: any Handler) -> Answer {
            next.answer(request).edited(with: text) { response, text in
                response.headers[.via] = text + (response.headers[.via] ?? "")
            }
        }
    }

    @Test func `the routes of a group have its prefix and its middleware`() throws {
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

    @Test func `mounted routes have the prefix of their mount`() throws {
        var blog = Routes()
        blog.get("/:slug") { request in request.captures["slug"] }
        var routes = Routes()
        routes.mount("/blog/", blog)
        #expect(try ask(routes, .get, "/blog/gust").text == "gust")
    }

    @Test func `a prefix applies to all alternatives of a mounted pattern`() throws {
        var routes = Routes()
        routes.group("/admin|/root") { $0.get("/x|/y") { _ in "inside" } }
        for path in ["/admin/x", "/admin/y", "/root/x", "/root/y"] {
            #expect(try ask(routes, .get, path).text == "inside")
        }
        for path in ["/y", "/admin", "/x"] { #expect(try ask(routes, .get, path).status == 404) }
    }

    @Test func `middleware runs from the outermost group inwards, also around 405`() throws {
        var routes = Routes()
        routes.use(Mark(text: "1"))
        routes.group("/a", through: Mark(text: "2")) { a in
            a.use(Mark(text: "3"))
            a.group("/b", through: Mark(text: "4")) { b in b.get("/c") { _ in "c" } }
        }
        #expect(try ask(routes, .get, "/a/b/c").headers[.via] == "1234")
        #expect(try ask(routes, .put, "/a/b/c").headers[.via] == "1234")
    }

    @Test func `an empty pattern in a group matches exactly the prefix`() throws {
        var routes = Routes()
        routes.group("/users") { users in
            users.get("") { _ in "all" }
            users.get("/") { _ in "slash" }
        }
        #expect(try ask(routes, .get, "/users").text == "all")
        #expect(try ask(routes, .get, "/users/").text == "slash")
    }

    // U+0600 and the slash after it are one character.
    @Test func `only the slash at the end of a mount's prefix is removed`() throws {
        var inside = Routes()
        inside.get("/a") { _ in "inside" }
        var routes = Routes()
        routes.mount("/x\u{600}/", inside)
        #expect(try ask(routes, .get, "/x%D8%80/a").text == "inside")
        #expect(try ask(routes, .get, "/x/a").status == 404)
    }

    @Test func `the captures of a prefix precede those of the patterns inside`() throws {
        var routes = Routes()
        routes.group("/:lang") { lang in
            lang.get("/:page") { (_, lang: String, page: Int) in "\(lang) \(page)" }
            lang.get("/:page") { $0.captures.all.map { "\($0.name ?? "")=\($0.value ?? "")" }.joined(separator: " ") }
        }
        #expect(try ask(routes, .get, "/en/7").text == "en 7")
        #expect(try ask(routes, .get, "/en/x").text == "lang=en page=x")
    }

    @Test func `inline options of a prefix don't apply to the patterns after it`() throws {
        var routes = Routes()
        routes.group("(?i)/API") { $0.get("/x") { _ in "x" } }
        #expect(try ask(routes, .get, "/api/x").status == 200)
        #expect(try ask(routes, .get, "/api/X").status == 404)
    }

    @Test func `405 and OPTIONS list the methods of mounted routes and of routes beside them`() throws {
        var inner = Routes()
        inner.get("/x") { _ in "" }
        var routes = Routes()
        routes.mount("/m", inner)
        routes.post("/m/x") { _ in "" }
        #expect(try ask(routes, .put, "/m/x").headers[.allow] == "GET, HEAD, OPTIONS, POST")
        #expect(try ask(routes, .options, "/m/x").headers[.allow] == "GET, HEAD, OPTIONS, POST")
    }

    @Test func `a mounted handler gets the rest of the path and the captures of the prefix`() throws {
        var inner = Routes()
        inner.get("/posts/:id") { request in
            "\(request.captures["lang"] ?? "") \(request.captures["id"] ?? "") \(request.path) \(request.target.queryText ?? "")"
        }
        inner.get("/") { _ in "root" }
        var routes = Routes()
        routes.mount("/:lang/blog", try inner.build())
        #expect(try ask(routes, .get, "/de/blog/posts/a%2Fb?q=/x").text == "de a/b /posts/a%2Fb q=/x")
        #expect(try ask(routes, .get, "/d%2Fe/blog/posts/%C3%A9").text == "d/e é /posts/%C3%A9 ")
        #expect(try ask(routes, .get, "/de/blog/").text == "root")
        #expect(try ask(routes, .get, "/de/blog//").status == 404)
        #expect(try ask(routes, .get, "/de/blog").status == 404)
        #expect(try ask(routes, .post, "/de/blog/").headers[.allow] == "GET, HEAD, OPTIONS")
    }

    @Test(arguments: [
        ("/de/blog/posts", "/de/blog + /posts"), ("/d%2Fe/blog/%C3%A9", "/d%2Fe/blog + /%C3%A9"),
        ("/de/blog/deep/a", "/de/blog/deep + /a"),
    ])
    func `mountPrefix and path are together the path that was sent`(path: String, text: String) throws {
        var deep = Routes()
        deep.get("/a") { "\($0.mountPrefix) + \($0.path)" }
        var inner = Routes()
        inner.mount("/deep", try deep.build())
        inner.get("/:page") { "\($0.mountPrefix) + \($0.path)" }
        var routes = Routes()
        routes.mount("/:lang/blog", try inner.build())
        routes.get("/plain") { "\($0.mountPrefix) + \($0.path)" }
        #expect(try ask(routes, .get, path).text == text)
        #expect(try ask(routes, .get, "/plain").text == " + /plain")
    }

    @Test func `routers can be mounted in routers`() throws {
        var innermost = Routes()
        innermost.get("/:c") { $0.captures.named.sorted { $0.key < $1.key }.map(\.value).joined() + " " + $0.path }
        var inner = Routes()
        inner.mount("/:b", try innermost.build())
        var routes = Routes()
        routes.mount("/:a", try inner.build())
        #expect(try ask(routes, .get, "/1/2/3").text == "123 /3")
    }

    @Test func `an invalid prefix and a pattern without a slash at its beginning are reported`() throws {
        var routes = Routes()
        routes.group("/a(") { $0.get("/b)") { _ in "" } }
        routes.group("/c") { $0.get("users", file: "App.swift", line: 3) { _ in "" } }
        routes.group("d") { $0.get("/e") { _ in "" } }
        #expect {
            try routes.build()
        } throws: { error in
            let text = "\(error)"
            return text.contains("missing closing parenthesis\n  /a(\n     ^")
                && text.contains(
                    "App.swift:3: a pattern in a group or mount begins with \"/\", or is empty\n  /cusers\n    ^^^^^"
                )
                && text.contains("a pattern begins with \"/\"\n  d/e\n  ^")
        }
    }

    @Test(arguments: ["", "/"])
    func `a group can have an empty prefix`(prefix: String) throws {
        var routes = Routes()
        routes.group(prefix) { $0.get("/x") { _ in "x" } }
        #expect(try ask(routes, .get, "/x").text == "x")
    }

    @Test func `an async handler of a mounted router gets the captures of prefix and pattern`() async throws {
        var inner = Routes()
        inner.get("/:b") { request async in "\(request.captures["a"] ?? "-") \(request.captures["b"] ?? "-")" }
        var routes = Routes()
        routes.mount("/:a", try inner.build())
        let request = Request(
            method: .get,
            target: try #require(RequestTarget("/1/2")),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        guard case .bytes(let text) = try await routes.build().respond(to: request).body else {
            Issue.record("no text")
            return
        }
        #expect(String(buffer: text) == "1 2")
    }
}
