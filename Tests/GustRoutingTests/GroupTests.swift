import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

@Suite struct GroupTests {
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
}
