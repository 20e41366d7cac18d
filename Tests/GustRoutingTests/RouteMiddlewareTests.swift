import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustRouting

/// Middleware around single routes.
@Suite struct RouteMiddlewareTests {
    private struct Mark: Middleware {
        let text: String
        func answer(_ request: Request, next: any Handler) -> Answer {
            let pattern = request.captures.route?.pattern ?? "none"
            return next.answer(request).edited(with: (text, pattern)) { response, mark in
                response.headers[.via] = mark.0 + (response.headers[.via] ?? "")
                response.headers[.server] = mark.1
            }
        }
    }

    private struct Refusal: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer { .failed(HTTPError(.unauthorized)) }
    }

    private struct Year: CaptureConvertible, Decodable {
        let number: Int
        static func convert(capture: String) -> Year? { Int(capture).map { Year(number: $0) } }
    }

    @Test func `the middleware of a route is inside that of the application and of its groups, and is applied once`()
        throws
    {
        var routes = Routes()
        routes.use(Mark(text: "1"))
        routes.group("/a", through: Mark(text: "2")) { a in
            a.use(Mark(text: "3"))
            a.get("/b", through: Mark(text: "4"), Mark(text: "5")) { _ in "b" }
            a.get("/c") { _ in "c" }
        }
        #expect(try ask(routes, .get, "/a/b").headers[.via] == "12345")
        #expect(try ask(routes, .get, "/a/c").headers[.via] == "123")
    }

    @Test func `each kind of route can have middleware`() throws {
        var routes = Routes()
        routes.get("/text", through: Mark(text: "m")) { _ in "text" }
        routes.get("/handler", through: Mark(text: "m"), use: ImmediateHandler { _ in "handler" })
        routes.get(#"/(?<year>\d{4})"#, through: Mark(text: "m")) { (_, year: Year) in "\(year.number)" }
        routes.get("/async", through: Mark(text: "m")) { (request: Request) async in request.path }
        routes.on(.get, .post, pattern: "/both", through: Mark(text: "m")) { _ in "both" }
        routes.put("/put/:id", name: "put", through: Mark(text: "m")) { (_, id: Int) in "\(id)" }
        routes.webSocket("/ws", through: Mark(text: "m")) { _, _ in }
        routes.add(Route("/route", handler: ImmediateHandler { _ in "route" }), through: Mark(text: "m"))
        let router = try routes.build()
        for path in ["/text", "/handler", "/2026", "/both", "/ws", "/route"] {
            #expect(try ask(router, .get, path).headers[.via] == "m", "\(path)")
        }
        #expect(try ask(router, .put, "/put/7").headers[.via] == "m")
        #expect(try ask(router, .get, "/async").text == "awaits")
    }

    @Test func `the middleware of a route sees the pattern of its route`() throws {
        var routes = Routes()
        routes.group("/a") { $0.get("/:id", through: Mark(text: "m")) { _ in "" } }
        #expect(try ask(routes, .get, "/a/7").headers[.server] == "/a/:id")
    }

    @Test func `the middleware of a GET route is around HEAD`() throws {
        var routes = Routes()
        routes.get("/a", through: Mark(text: "m")) { _ in "a" }
        #expect(try ask(routes, .head, "/a").headers[.via] == "m")
    }

    @Test func `404, 405 and OPTIONS don't pass through the middleware of a route, but through that of its group`()
        throws
    {
        var routes = Routes()
        routes.group("/a", through: Mark(text: "g")) { a in
            a.get("/b", through: Mark(text: "r")) { _ in "b" }
        }
        let router = try routes.build()
        for (method, path) in [(HTTPRequest.Method.get, "/a/x"), (.post, "/a/b"), (.options, "/a/b")] {
            #expect(try ask(router, method, path).headers[.via] == "g", "\(method) \(path)")
        }
    }

    @Test func `a preflight request passes through the middleware of the route with the requested method`() throws {
        var routes = Routes()
        routes.get("/a", through: Mark(text: "get")) { _ in "a" }
        routes.put("/a", through: Mark(text: "put")) { _ in "a" }
        let router = try routes.build()
        let asked: HTTPFields = [.accessControlRequestMethod: "PUT"]
        #expect(try ask(router, .options, "/a", asked).headers[.via] == "put")
        #expect(try ask(router, .options, "/a", [.accessControlRequestMethod: "PATCH"]).headers[.via] == nil)
    }

    @Test func `a route that refuses in its middleware leaves other routes alone`() throws {
        var routes = Routes()
        routes.get("/a", through: Refusal()) { _ in "a" }
        routes.post("/a") { _ in "posted" }
        let router = try routes.build()
        #expect(try ask(router, .get, "/a").status == 401)
        #expect(try ask(router, .post, "/a").text == "posted")
    }

    @Test func `middleware that is added to a route twice is around the earlier one`() throws {
        var inner = Routes()
        inner.get("/x", through: Mark(text: "2")) { _ in "x" }
        var routes = Routes()
        for route in inner.routes { routes.add(route, through: Mark(text: "1")) }
        #expect(try ask(routes, .get, "/x").headers[.via] == "12")
    }
}
