import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

/// Paths that differ from that of a route by a slash at the end.
@Suite struct TrailingSlashTests {
    private struct Mark: Middleware {
        let text: String
        func answer(_ request: Request, next: any Handler) -> Answer {
            next.answer(request).edited(with: text) { response, text in response.headers[.via] = text }
        }
    }

    private func routes(_ policy: TrailingSlash?) -> Routes {
        var routes = Routes()
        routes.trailingSlash = policy
        routes.get("/users") { "users at \($0.path)" }
        routes.get("/lists/") { "lists at \($0.path)" }
        routes.post("/users/:id") { (_, id: Int) in "posted \(id)" }
        routes.get("/both") { _ in "both" }
        routes.get("/both/") { _ in "both/" }
        return routes
    }

    @Test func `by default the other spelling is another path`() throws {
        for path in ["/users/", "/lists"] { #expect(try ask(routes(nil), .get, path).status == 404, "\(path)") }
    }

    @Test(arguments: [
        ("/users/", "/users"), ("/lists", "/lists/"), ("/users/?a=1&b=%2F", "/users?a=1&b=%2F"),
        ("/lists?", "/lists/?"),
        ("/%75sers/", "/%75sers"),
    ])
    func `a path is redirected to the other spelling with its query`(path: String, location: String) throws {
        for method in [HTTPRequest.Method.get, .head] {
            let answer = try ask(routes(.redirect), method, path)
            #expect(answer.status == 308)
            #expect(answer.headers[.location] == location)
        }
    }

    @Test func `a redirect keeps the method, and is only for methods of the route`() throws {
        let router = try routes(.redirect).build()
        let answer = try ask(router, .post, "/users/7/")
        #expect(answer.status == 308)
        #expect(answer.headers[.location] == "/users/7")
        let refused = try ask(router, .post, "/users/")
        #expect(refused.status == 405)
        #expect(refused.headers[.allow] == "GET, HEAD, OPTIONS")
        #expect(try ask(router, .options, "/users/").status == 204)
    }

    @Test(arguments: [("/users/", "users at /users"), ("/lists", "lists at /lists/")])
    func `a path can be answered like the other spelling`(path: String, text: String) throws {
        let router = try routes(.ignore).build()
        #expect(try ask(router, .get, path).text == text)
        #expect(try ask(router, .head, path).status == 200)
        #expect(try ask(router, .post, "/users/7/").text == "posted 7")
        #expect(try ask(router, .post, "/lists").status == 405)
    }

    @Test(arguments: [TrailingSlash.strict, .redirect, .ignore])
    func `a route that matches the path as it was sent has precedence`(policy: TrailingSlash) throws {
        let router = try routes(policy).build()
        #expect(try ask(router, .get, "/both").text == "both")
        #expect(try ask(router, .get, "/both/").text == "both/")
    }

    @Test(arguments: [
        "/nothing/", "/users//", "//", "/lists//", "/users/x/", "/users%2F", "/users/%2F", "/users/.", "/users/..",
        "/Users/",
    ])
    func `another path is still not found`(path: String) throws {
        for policy in [TrailingSlash.redirect, .ignore] {
            #expect(try ask(routes(policy), .get, path).status == 404, "\(path)")
        }
    }

    @Test func `the root has no other spelling`() throws {
        var routes = Routes()
        routes.trailingSlash = .redirect
        routes.get("/") { _ in "root" }
        #expect(try ask(routes, .get, "/").text == "root")
        #expect(try ask(routes, .get, "//").status == 404)
    }

    @Test(arguments: [
        "//evil.com/", "///evil.com/", #"/\evil.com/"#, "//evil.com/%2e%2e/", "/x/../", "/./", "/%2e%2e/", "//",
    ])
    func `no redirect leaves the site or changes the path`(path: String) throws {
        var routes = Routes()
        routes.trailingSlash = .redirect
        routes.get("(.*[^/])") { _ in "any" }
        let answer = try ask(routes, .get, path)
        if let location = answer.headers[.location] {
            #expect(answer.status == 308)
            #expect(SitePath.isPath(location))
            #expect(!location.utf8.contains(UInt8(ascii: "\\")))
        } else {
            #expect(answer.status == 404)
        }
    }

    @Test func `a backslash and bytes that aren't ASCII are escaped in the location`() throws {
        var routes = Routes()
        routes.trailingSlash = .redirect
        routes.get("(.*[^/])") { _ in "any" }
        #expect(try ask(routes, .get, #"/\evil.com/"#).headers[.location] == "/%5Cevil.com")
        #expect(try ask(routes, .get, "/café/?q=ü").headers[.location] == "/caf%C3%A9?q=%C3%BC")
    }

    @Test func `a group has a policy of its own, which groups inside of it inherit`() throws {
        var routes = Routes()
        routes.trailingSlash = .redirect
        routes.get("/a") { _ in "a" }
        routes.group("/api", through: Mark(text: "api")) { api in
            api.trailingSlash = .ignore
            api.get("/b") { _ in "b" }
            api.group("/inner") { $0.get("/c") { _ in "c" } }
            api.group("/strict") { strict in
                strict.trailingSlash = .strict
                strict.get("/d") { _ in "d" }
            }
        }
        let router = try routes.build()
        #expect(try ask(router, .get, "/a/").status == 308)
        #expect(try ask(router, .get, "/api/b/").text == "b")
        #expect(try ask(router, .get, "/api/inner/c/").text == "c")
        #expect(try ask(router, .get, "/api/strict/d/").status == 404)
    }

    @Test func `a redirect passes through the middleware of the route`() throws {
        var routes = Routes()
        routes.trailingSlash = .redirect
        routes.group("/api", through: Mark(text: "api")) { $0.get("/b") { _ in "b" } }
        let answer = try ask(routes, .get, "/api/b/")
        #expect(answer.status == 308)
        #expect(answer.headers[.via] == "api")
    }

    @Test func `a redirect of a mounted router has the prefix of the mount`() throws {
        var inner = Routes()
        inner.trailingSlash = .redirect
        inner.get("/page") { _ in "page" }
        var routes = Routes()
        routes.mount("/docs/:version", try inner.build())
        #expect(try ask(routes, .get, "/docs/v%201/page/?q").headers[.location] == "/docs/v%201/page?q")
    }

    @Test func `a mounted handler is found without the slash behind its prefix`() throws {
        var inner = Routes()
        inner.get("/") { "root at \($0.mountPrefix)" }
        for (policy, status) in [(TrailingSlash.strict, 404), (.redirect, 308), (.ignore, 200)] {
            var routes = Routes()
            routes.trailingSlash = policy
            routes.mount("/docs", try inner.build())
            let answer = try ask(routes, .get, "/docs")
            #expect(answer.status == status)
            if status == 308 { #expect(answer.headers[.location] == "/docs/") }
            if status == 200 { #expect(answer.text == "root at /docs") }
        }
    }

    @Test func `a host must match too`() throws {
        var routes = Routes()
        routes.trailingSlash = .redirect
        routes.host("api") { $0.get("/a") { _ in "a" } }
        #expect(try ask(routes, .get, "/a/", host: "api").status == 308)
        #expect(try ask(routes, .get, "/a/", host: "www").status == 404)
    }

    @Test func `a URL that is built from a name is the spelling of the pattern`() throws {
        var routes = Routes()
        routes.trailingSlash = .ignore
        routes.get("/lists/:id/", name: "list") { _ in "" }
        #expect(try routes.build().url(for: "list", ["id": 7]) == "/lists/7/")
    }

    @Test func `a long path of slashes is refused`() throws {
        let path = String(repeating: "/a", count: 50_000) + "/"
        #expect(try ask(routes(.redirect), .get, path).status == 404)
    }
}
