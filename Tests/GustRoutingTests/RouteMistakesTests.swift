import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

@Suite struct RouteMistakesTests {
    @Test func `all mistakes are thrown together, with their places underlined`() throws {
        var routes = Routes()
        routes.get("/a(", file: "App.swift", line: 1) { _ in "" }
        routes.get("/b", name: "same", file: "App.swift", line: 2) { _ in "" }
        routes.get("/c", name: "same", file: "App.swift", line: 3) { _ in "" }
        routes.get("/d/:x", file: "App.swift", line: 4) { (_, x: Int, y: Int) in "\(x)\(y)" }
        routes.get("/:year", file: "App.swift", line: 5) { (_, post: Post) in post.slug }
        do {
            _ = try routes.build()
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.problems.count == 4)
            #expect(error.problems.first == "App.swift:1: missing closing parenthesis\n  /a(\n     ^")
            #expect(error.description.contains("App.swift:3: the name \"same\" is taken by GET /b (same)\n  /c\n  ^^"))
            #expect(error.description.contains("App.swift:4: the handler takes 2 captures, the pattern has 1"))
            #expect(
                error.description.contains("wants a capture called \"slug\", the pattern has none\n  /:year\n  ^^^^^^")
            )
        }
    }

    @Test func `a route that another shadows is warned about, with an example`() throws {
        var routes = Routes()
        routes.get("/users/:name", file: "App.swift", line: 1) { _ in "" }
        routes.get("/users/me", file: "App.swift", line: 2) { _ in "" }
        routes.get(#"/users/(\d+)/x"#) { _ in "" }
        routes.post("/users/me") { _ in "" }
        #expect(
            try routes.build().warnings == [
                "GET /users/me (App.swift:2) is never asked for /users/me: GET /users/:name (App.swift:1) comes first"
            ]
        )
    }

    @Test func `a text shadows no expression, because it takes only one of its paths`() throws {
        var routes = Routes()
        routes.get("/x") { _ in "" }
        routes.get("/:name") { _ in "" }
        #expect(try routes.build().warnings.isEmpty)
    }

    @Test func `a typed route shadows nothing, because it may let the next one try`() throws {
        var routes = Routes()
        routes.get("/n/:n") { (_, n: Int) in "\(n)" }
        routes.get("/n/:n") { _ in "text" }
        #expect(try routes.build().warnings.isEmpty)
    }

    @Test func `the listing shows every route`() throws {
        var routes = Routes()
        routes.get("/a", name: "a", file: "App.swift", line: 1) { _ in "" }
        routes.host("h") { $0.post("/b/:c", file: "App.swift", line: 2) { _ in "" } }
        routes.on(pattern: "/any", use: ImmediateHandler { _ in "" }, file: "More.swift", line: 30)
        #expect(
            try routes.build().listing == """
                GET   /a        a  App.swift:1
                POST  //h/b/:c     App.swift:2
                *     /any         More.swift:30
                """
        )
    }
}
