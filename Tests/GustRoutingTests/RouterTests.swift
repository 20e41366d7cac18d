import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

/// The captures of typed handlers in these tests.
struct Post: Decodable {
    let year: Int
    let slug: String
    let page: Int?
}

@Suite struct RouterTests {
    @Test func `the first route that matches answers`() throws {
        var routes = Routes()
        routes.get("/a/:x") { _ in "first" }
        routes.get("/a/b") { _ in "second" }
        #expect(try ask(routes, .get, "/a/b").text == "first")
    }

    @Test func `captures are converted by position, and after a failure the next route is tried`() throws {
        var routes = Routes()
        routes.get("/v/:x/:y") { (_, x: Int, y: String) in "number \(x + 1) \(y)" }
        routes.get("/v/:x/:y") { (_, x: String, y: String) in "text \(x) \(y)" }
        #expect(try ask(routes, .get, "/v/41/z").text == "number 42 z")
        #expect(try ask(routes, .get, "/v/fortyone/z").text == "text fortyone z")
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

    @Test func `a single capture can be any type that decodes a single value`() throws {
        var routes = Routes()
        routes.get("/kind/:kind") { (_, kind: Kind) in "a \(kind)" }
        routes.get("/kind/:kind") { (_, number: Int32) in "number \(number)" }
        #expect(try ask(routes, .get, "/kind/cat").text == "a cat")
        #expect(try ask(routes, .get, "/kind/7").text == "number 7")
        #expect(try ask(routes, .get, "/kind/cow").status == 404)
    }

    @Test func `the answer of an async handler is pending`() throws {
        var routes = Routes()
        routes.get("/later") { _ async in "later" }
        #expect(try ask(routes, .get, "/later").text == "awaits")
    }

    // MARK: Methods

    @Test func `a method without a route is answered with 405 and the allowed methods`() throws {
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

    @Test func `a path whose captures don't convert is 404, not 405`() throws {
        var routes = Routes()
        routes.get("/n/:n") { (_, n: Int) in "\(n)" }
        #expect(try ask(routes, .post, "/n/x").status == 404)
        #expect(try ask(routes, .post, "/n/1").status == 405)
    }

    @Test func `OPTIONS for the whole server lists the methods of all routes`() throws {
        var routes = Routes()
        routes.get("/a") { _ in "" }
        routes.delete("/b") { _ in "" }
        let answer = try ask(routes, .options, "*")
        #expect(answer.status == 204)
        #expect(answer.headers[.allow] == "DELETE, GET, HEAD, OPTIONS")
        #expect(try ask(routes, .get, "*").status == 404)
    }

    @Test func `a route for OPTIONS replaces the automatic response`() throws {
        var routes = Routes()
        routes.on(.options, pattern: "/x", use: ImmediateHandler { _ in "mine" })
        routes.on(.options, pattern: "*", use: ImmediateHandler { _ in "server" })
        #expect(try ask(routes, .options, "/x").text == "mine")
        #expect(try ask(routes, .options, "*").text == "server")
    }

    @Test func `a method can be any token, and is case-sensitive`() throws {
        let purge = try #require(HTTPRequest.Method("PURGE"))
        let lower = try #require(HTTPRequest.Method("get"))
        var routes = Routes()
        routes.on(purge, pattern: "/x", use: ImmediateHandler { _ in "purged" })
        #expect(try ask(routes, purge, "/x").text == "purged")
        #expect(try ask(routes, .get, "/x").headers[.allow] == "OPTIONS, PURGE")
        #expect(try ask(routes, lower, "/x").status == 405)
    }

    @Test func `a route without methods answers every method`() throws {
        let brew = try #require(HTTPRequest.Method("BREW"))
        var routes = Routes()
        routes.on(pattern: "/x", use: ImmediateHandler { $0.method.rawValue })
        for method in [.get, .head, .options, .delete, brew] {
            #expect(try ask(routes, method, "/x").text == method.rawValue)
        }
    }

    @Test func `an earlier route for HEAD takes precedence over the route for GET`() throws {
        var routes = Routes()
        routes.on(.head, pattern: "/x", use: ImmediateHandler { _ in "head" })
        routes.get("/x") { _ in "get" }
        #expect(try ask(routes, .head, "/x").text == "head")
        #expect(try ask(routes, .get, "/x").text == "get")
    }

    @Test func `a typed capture can be optional`() throws {
        var routes = Routes()
        routes.get(#"/list(?:/(\d+))?"#) { (_, page: Int?) in "page \(page ?? 1)" }
        #expect(try ask(routes, .get, "/list").text == "page 1")
        #expect(try ask(routes, .get, "/list/3").text == "page 3")
        #expect(try ask(routes, .get, "/list/99999999999999999999").status == 404)
    }
}
