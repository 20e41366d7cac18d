import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustRouting

/// The route that middleware around the whole application learns from the response.
@Suite struct ResponseRouteTests {
    /// Writes the pattern of the response's route into a field.
    private struct Observer: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer {
            next.answer(request).edited(with: ()) { response, _ in
                response.headers[.server] = response.matchedRoute?.pattern ?? "none"
            }
        }
    }

    private struct Failure: Error {}

    private func response(
        _ routes: Routes,
        _ path: String,
        _ method: HTTPRequest.Method = .get
    ) async throws -> Response {
        let target = try #require(RequestTarget(path))
        let request = Request(method: method, target: target, executor: LoopExecutor(EmbeddedEventLoop()))
        return try await routes.build().answer(request).response()
    }

    private func routes() -> Routes {
        var routes = Routes()
        routes.use(Observer())
        routes.get("/ready/:id") { _ in "ready" }
        routes.get("/text") { _ in "text" }
        routes.get("/failed") { _ throws -> String in throw Failure() }
        routes.get("/refused") { _ throws -> String in throw HTTPError(.forbidden) }
        routes.get("/async/:id") { (_: Request) async in "async" }
        routes.get("/async-failed") { (_: Request) async throws -> String in throw Failure() }
        routes.group("/group", through: Observer()) { $0.get("/:x") { (_: Request) async in "x" } }
        return routes
    }

    @Test(arguments: [
        ("/ready/7", "/ready/:id"), ("/text", "/text"), ("/failed", "/failed"), ("/refused", "/refused"),
        ("/async/7", "/async/:id"), ("/async-failed", "/async-failed"), ("/group/1", "/group/:x"),
    ])
    func `a response has the route that made it, also a response of an error`(
        path: String,
        pattern: String
    ) async throws {
        #expect(try await response(routes(), path).headers[.server] == pattern)
    }

    @Test(arguments: [
        ("/nothing", HTTPRequest.Method.get), ("/text", .post), ("/text", .options), ("/group/a/b", .get),
    ])
    func `404, 405 and OPTIONS have no route`(path: String, method: HTTPRequest.Method) async throws {
        #expect(try await response(routes(), path, method).headers[.server] == "none")
    }

    @Test func `an async middleware around the application sees the route, also of a pending answer`() async throws {
        var routes = Routes()
        routes.use(
            ClosureMiddleware { request, next in
                var response = await next.response(to: request)
                response.headers[.server] = response.matchedRoute?.pattern
                return response
            }
        )
        routes.get("/a/:id") { (_: Request) async in "a" }
        #expect(try await response(routes, "/a/1").headers[.server] == "/a/:id")
    }

    @Test func `the route of a mounted router has precedence`() async throws {
        var inner = Routes()
        inner.use(Observer())
        inner.get("/:page") { _ in "page" }
        var routes = Routes()
        routes.use(Observer())
        routes.mount("/docs", try inner.build())
        #expect(try await response(routes, "/docs/a").headers[.server] == "/:page")
    }

    @Test func `a request has the URLs of its router before it is routed, and in refusals`() throws {
        struct Link: Middleware {
            func answer(_ request: Request, next: any Handler) -> Answer {
                let path = (try? request.captures.urls?.path(of: "it", ["id": "7"])) ?? "none"
                let route = request.captures.route?.pattern ?? "-"
                return next.answer(request).edited(with: path + route) {
                    $0.headers[.via] = ($0.headers[.via] ?? "") + $1
                }
            }
        }
        var routes = Routes()
        routes.use(Link())
        routes.group("/:x", through: Link()) { $0.get("/it/:id", name: "page") { _ in "" } }
        routes.group("/b", through: Link()) { $0.get("/it/:id", name: "it") { _ in "" } }
        let router = try routes.build()
        #expect(try ask(router, .get, "/b/it/8").headers[.via] == "/b/it/7/:x/it/:id/b/it/7-")
        #expect(try ask(router, .get, "/a/nothing").headers[.via] == "/b/it/7-/b/it/7-")
        #expect(try ask(router, .put, "/a/it/1").headers[.via] == "/b/it/7-/b/it/7-")
    }
}
