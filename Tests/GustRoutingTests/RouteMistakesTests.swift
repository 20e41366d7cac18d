import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

@Suite struct RouteMistakesTests {
    @Test func `all mistakes are thrown together, each with its place underlined`() throws {
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
                error.description.contains("needs a capture called \"slug\", the pattern has none\n  /:year\n  ^^^^^^")
            )
        }
    }

    @Test func `the warning about a shadowed route has an example path`() throws {
        var routes = Routes()
        routes.get("/users/:name", file: "App.swift", line: 1) { _ in "" }
        routes.get("/users/me", file: "App.swift", line: 2) { _ in "" }
        routes.get(#"/users/(\d+)/x"#) { _ in "" }
        routes.post("/users/me") { _ in "" }
        #expect(
            try routes.build().warnings == [
                "GET /users/me (App.swift:2) is never reached for /users/me: GET /users/:name (App.swift:1) matches first"
            ]
        )
    }

    /// Comparing each route with each other one would take minutes.
    @Test(.timeLimit(.minutes(1))) func `a shadowed route is found among many`() throws {
        var routes = Routes()
        for number in 0..<10_000 { routes.get(#"/r\#(number)/(\d+)"#) { _ in "" } }
        routes.get("/r9999/1", file: "App.swift", line: 2) { _ in "" }
        #expect(
            try routes.build().warnings.map { $0.split(separator: ":").first } == [
                "GET /r9999/1 (App.swift"
            ]
        )
    }

    @Test func `a literal pattern doesn't shadow an expression`() throws {
        var routes = Routes()
        routes.get("/x") { _ in "" }
        routes.get("/:name") { _ in "" }
        #expect(try routes.build().warnings.isEmpty)
    }

    @Test func `a typed route shadows nothing, because its captures may not convert`() throws {
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

    private struct First: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer { next.answer(request) }
    }

    private struct Second: Middleware {
        func answer(_ request: Request, next: any Handler) -> Answer { next.answer(request) }
    }

    @Test func `the listing names the middleware of groups and routes`() throws {
        var routes = Routes()
        routes.use(First())
        routes.group("/g", through: First()) { group in
            group.get("/a", through: Second(), file: "App.swift", line: 1) { _ in "" }
        }
        routes.get("/b", file: "App.swift", line: 2) { _ in "" }
        #expect(
            try routes.build().listing == """
                GET  /g/a  First, Second  App.swift:1
                GET  /b                   App.swift:2
                """
        )
    }

    @Test func `a repeated route is reported`() throws {
        var routes = Routes()
        routes.get("/a/:x", file: "App.swift", line: 1) { _ in "" }
        routes.get("/a/:x", file: "App.swift", line: 2) { _ in "" }
        routes.post("/a/:x") { _ in "" }
        #expect {
            try routes.build()
        } throws: { error in
            "\(error)" == "App.swift:2: GET /a/:x is registered already (App.swift:1)\n  /a/:x\n  ^^^^^"
        }
    }

    @Test func `a struct beside other typed captures is reported`() throws {
        var routes = Routes()
        routes.get("/:a/:b") { (_, post: Post, b: Int) in "\(post)\(b)" }
        #expect {
            try routes.build()
        } throws: { error in
            "\(error)".contains("Post can't be decoded from one capture: make it the only parameter")
        }
    }

    @Test func `two groups with one name are reported, unless only one of them can match`() throws {
        #expect(throws: PatternError.self) { try Pattern("/:id/:id") }
        #expect(throws: PatternError.self) { try Pattern("/(?<a>x(?<a>y))") }
        #expect(try Pattern("/(?:x(?<a>.)|y(?<a>.))").match("/yz")?["a"] == "z")
        #expect {
            try Pattern("/:id/x/:id")
        } throws: { error in
            "\(error)" == "two groups are called \"id\"\n  /:id/x/:id\n          ^^"
        }
    }

    @Test(arguments: ["/50%", "/caf%C3%A9", "/a%2fb", "/%zz/:x"])
    func `text that no decoded path can contain is refused`(text: String) {
        #expect(throws: PatternError.self) { try Pattern(text) }
    }

    @Test(arguments: ["/50%25", "/a%2Fb", "/[^%]+", "/(%25|%2F)", "/%(?:25|2F)"])
    func `a pattern can contain the escapes that decoded paths keep`(text: String) throws {
        _ = try Pattern(text)
    }

    @Test(arguments: [
        ("", "a pattern begins with"), ("users", "a pattern begins with"), ("^/x$", "anchored"), (#"/\C"#, #"\C"#),
    ])
    func `an invalid pattern is refused with the reason`(text: String, reason: String) {
        #expect {
            try Pattern(text)
        } throws: { error in
            "\(error)".contains(reason)
        }
    }

    @Test func `a route that matches only some paths of another doesn't shadow it`() throws {
        var routes = Routes()
        routes.get(#"/x+"#) { _ in "" }
        routes.get(#"/\w+"#) { _ in "" }
        routes.get("/[a-f]+") { _ in "" }
        #expect(try routes.build().warnings.map { $0.prefix(14) } == ["GET /[a-f]+ (G"])
    }

    @Test func `the example path of a warning matches the shadowed route`() throws {
        var routes = Routes()
        routes.get("/[^x]") { _ in "" }
        routes.get(#"/(?!x)\w"#) { _ in "" }
        #expect(try routes.build().warnings.map { $0.prefix(12) } == [#"GET /(?!x)\w"#])
    }

    @Test func `a route shadows another only if it answers all of its methods`() throws {
        var routes = Routes()
        routes.get("/:x") { _ in "" }
        routes.on(.get, .post, pattern: "/a", use: ImmediateHandler { _ in "" })
        routes.on(pattern: "/b", use: ImmediateHandler { _ in "" })
        routes.on(.head, pattern: "/c", use: ImmediateHandler { _ in "" })
        #expect(try routes.build().warnings.map { $0.prefix(7) } == ["HEAD /c"])
    }
}
