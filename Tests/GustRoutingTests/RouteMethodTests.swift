import GustHTTP
import GustRouting
import HTTPTypes
import Testing

/// Every method can be registered with every kind of handler.
@Suite struct RouteMethodTests {
    /// The kinds of handler: a handler, a closure or an async closure, each closure with or without decoded captures.
    private enum Shape: String, CaseIterable { case handler, closure, asyncClosure, typed, asyncTyped }

    private static let cases = [HTTPRequest.Method.get, .post, .put, .patch, .delete].flatMap { method in
        Shape.allCases.map { (method, $0) }
    }

    /// Registers a route with the method's own function; async closures answer "awaits" (see `ask`).
    private func routes(_ method: HTTPRequest.Method, _ shape: Shape) -> Routes {
        let handler = ImmediateHandler { _ in "handler" }
        let closure: @Sendable (Request) throws -> String = { _ in "closure" }
        let asyncClosure: @Sendable (Request) async throws -> String = { _ in "asyncClosure" }
        let typed: @Sendable (Request, Int) throws -> String = { _, number in "typed \(number)" }
        let asyncTyped: @Sendable (Request, Int) async throws -> String = { _, number in "asyncTyped \(number)" }
        var routes = Routes()
        switch (method, shape) {
        case (.get, .handler): routes.get("/:x", name: "x", use: handler)
        case (.get, .closure): routes.get("/:x", name: "x", closure)
        case (.get, .asyncClosure): routes.get("/:x", name: "x", asyncClosure)
        case (.get, .typed): routes.get("/:x", name: "x", typed)
        case (.get, .asyncTyped): routes.get("/:x", name: "x", asyncTyped)
        case (.post, .handler): routes.post("/:x", name: "x", use: handler)
        case (.post, .closure): routes.post("/:x", name: "x", closure)
        case (.post, .asyncClosure): routes.post("/:x", name: "x", asyncClosure)
        case (.post, .typed): routes.post("/:x", name: "x", typed)
        case (.post, .asyncTyped): routes.post("/:x", name: "x", asyncTyped)
        case (.put, .handler): routes.put("/:x", name: "x", use: handler)
        case (.put, .closure): routes.put("/:x", name: "x", closure)
        case (.put, .asyncClosure): routes.put("/:x", name: "x", asyncClosure)
        case (.put, .typed): routes.put("/:x", name: "x", typed)
        case (.put, .asyncTyped): routes.put("/:x", name: "x", asyncTyped)
        case (.patch, .handler): routes.patch("/:x", name: "x", use: handler)
        case (.patch, .closure): routes.patch("/:x", name: "x", closure)
        case (.patch, .asyncClosure): routes.patch("/:x", name: "x", asyncClosure)
        case (.patch, .typed): routes.patch("/:x", name: "x", typed)
        case (.patch, .asyncTyped): routes.patch("/:x", name: "x", asyncTyped)
        case (.delete, .handler): routes.delete("/:x", name: "x", use: handler)
        case (.delete, .closure): routes.delete("/:x", name: "x", closure)
        case (.delete, .asyncClosure): routes.delete("/:x", name: "x", asyncClosure)
        case (.delete, .typed): routes.delete("/:x", name: "x", typed)
        case (.delete, .asyncTyped): routes.delete("/:x", name: "x", asyncTyped)
        default: Issue.record("\(method) has no function of its own")
        }
        return routes
    }

    @Test(arguments: cases)
    private func `a route answers exactly its own method`(
        method: HTTPRequest.Method,
        shape: Shape
    ) throws {
        let answers: [Shape: String] = [
            .handler: "handler", .closure: "closure", .asyncClosure: "awaits", .typed: "typed 7",
            .asyncTyped: "awaits",
        ]
        let router = try routes(method, shape).build()
        #expect(try ask(router, method, "/7").text == answers[shape])
        #expect(try router.url(for: "x", ["x": "7"]) == "/7")
        let other = method == .put ? HTTPRequest.Method.post : .put
        #expect(try ask(router, other, "/7").status == 405)
    }
}
