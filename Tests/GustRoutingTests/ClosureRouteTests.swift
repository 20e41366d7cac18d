import GustHTTP
import GustRouting
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Closures of every form as handlers, for one method, for several and for all.
@Suite struct ClosureRouteTests {
    private struct Page: Decodable {
        let number: Int
    }

    private func text(_ method: HTTPRequest.Method, _ path: String, _ routes: Routes) async throws -> String {
        let target = try #require(RequestTarget(path))
        let request = Request(method: method, target: target, executor: LoopExecutor(EmbeddedEventLoop()))
        let response = try await routes.build().response(to: request)
        guard case .bytes(let bytes) = response.body else { return "" }
        return "\(response.status.code) \(String(buffer: bytes))"
    }

    @Test func `closures of every form answer`() async throws {
        var routes = Routes()
        routes.get("/a") { _ in "one" }
        routes.get("/b") { request in
            let path = request.path
            return "two \(path)"
        }
        routes.get("/c") { request async in "three \(request.path)" }
        routes.get("/d/:x/:y") { (_, x: Int, y: String) in "four \(x) \(y)" }
        routes.get("/e/:x") { (request, x: Int) in
            await Task.yield()
            return "five \(x) \(request.path)"
        }
        routes.get("/f/:number") { (_, page: Page) in "six \(page.number)" }
        #expect(try await text(.get, "/a", routes) == "200 one")
        #expect(try await text(.get, "/b", routes) == "200 two /b")
        #expect(try await text(.get, "/c", routes) == "200 three /c")
        #expect(try await text(.get, "/d/1/z", routes) == "200 four 1 z")
        #expect(try await text(.get, "/e/5", routes) == "200 five 5 /e/5")
        #expect(try await text(.get, "/f/7", routes) == "200 six 7")
    }

    @Test func `a closure answers several methods, or every one`() async throws {
        var routes = Routes()
        routes.on(.get, .post, pattern: "/some") { request in "\(request.method.rawValue)" }
        routes.on(pattern: "/all/:id") { (request, id: Int) async in "\(request.method.rawValue) \(id)" }
        #expect(try await text(.get, "/some", routes) == "200 GET")
        #expect(try await text(.post, "/some", routes) == "200 POST")
        #expect(try await text(.put, "/some", routes).hasPrefix("405"))
        #expect(try await text(.delete, "/all/3", routes) == "200 DELETE 3")
    }
}
