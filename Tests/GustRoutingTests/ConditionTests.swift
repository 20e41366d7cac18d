import GustHTTP
import HTTPTypes
import Synchronization
import Testing

@testable import GustRouting

/// Routes that answer only requests that meet a condition.
@Suite struct ConditionTests {
    private static let version = HTTPField.Name("X-Version")

    private func versioned() throws -> Routes {
        let name = try #require(Self.version)
        var routes = Routes()
        routes.when({ $0.headers[name] == "2" }) { second in
            second.get("/users/:id") { (_, id: Int) in "second \(id)" }
            second.delete("/users/:id") { (_, id: Int) in "gone \(id)" }
        }
        routes.get("/users/:id") { (_, id: Int) in "first \(id)" }
        return routes
    }

    @Test func `a request that doesn't meet the condition gets the next route`() throws {
        let name = try #require(Self.version)
        #expect(try ask(versioned().build(), .get, "/users/7", [name: "2"]).text == "second 7")
        #expect(try ask(versioned(), .get, "/users/7").text == "first 7")
        #expect(try ask(versioned().build(), .head, "/users/7", [name: "2"]).status == 200)
    }

    @Test func `405 lists the methods of the routes whose conditions are met`() throws {
        let name = try #require(Self.version)
        let refused = try ask(versioned(), .delete, "/users/7")
        #expect(refused.status == 405)
        #expect(refused.headers[.allow] == "GET, HEAD, OPTIONS")
        let second = try ask(versioned().build(), .put, "/users/7", [name: "2"])
        #expect(second.headers[.allow] == "DELETE, GET, HEAD, OPTIONS")
    }

    @Test func `without a route whose condition is met the answer is 404, not 405`() throws {
        var routes = Routes()
        routes.when({ $0.isSecure }) { $0.post("/pay") { _ in "paid" } }
        #expect(try ask(routes, .post, "/pay").status == 404)
        #expect(try ask(routes, .get, "/pay").status == 404)
        #expect(try ask(routes, .options, "/pay").status == 404)
    }

    @Test func `nested conditions must all be met, and the outer one is asked first`() throws {
        let asked = Mutex<[String]>([])
        var routes = Routes()
        routes.when({ request in
            asked.withLock { $0.append("outer") }
            return request.query["a"] != nil
        }) { outer in
            outer.when({ request in
                asked.withLock { $0.append("inner") }
                return request.query["b"] != nil
            }) { $0.get("/") { _ in "both" } }
        }
        #expect(try ask(routes, .get, "/?a&b").text == "both")
        #expect(asked.withLock { $0 } == ["outer", "inner"])
        #expect(try ask(routes, .get, "/?b").status == 404)
        #expect(try ask(routes, .get, "/?a").status == 404)
    }

    @Test func `a condition isn't asked about other paths`() throws {
        let count = Mutex(0)
        var routes = Routes()
        routes.when({ _ in
            count.withLock { $0 += 1 }
            return true
        }) { $0.get("/a") { _ in "a" } }
        routes.get("/b") { _ in "b" }
        #expect(try ask(routes, .get, "/b").text == "b")
        #expect(count.withLock { $0 } == 0)
    }

    @Test func `equal patterns are no mistake if the first has a condition, and are one if only the second has`() throws
    {
        #expect(throws: Never.self) { try versioned().build() }
        #expect(try versioned().build().warnings.isEmpty)
        var routes = Routes()
        routes.get("/a") { _ in "a" }
        routes.when({ _ in true }) { $0.get("/a") { _ in "never" } }
        #expect(throws: RoutesError.self) { try routes.build() }
    }

    @Test func `middleware of conditional routes is around them only`() throws {
        var routes = Routes()
        routes.when({ $0.query["x"] != nil }) { conditional in
            conditional.use(
                ClosureMiddleware(answering: { request, next in
                    next.answer(request).edited(with: ()) { response, _ in response.headers[.server] = "conditional" }
                })
            )
            conditional.get("/") { _ in "conditional" }
        }
        routes.get("/") { _ in "other" }
        #expect(try ask(routes, .get, "/?x").headers[.server] == "conditional")
        #expect(try ask(routes, .get, "/").headers[.server] == nil)
    }
}
