import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

/// Optional segments and converters in patterns.
@Suite struct ConverterTests {
    private func captures(_ pattern: String, _ path: String) throws -> [String: String]? {
        try Pattern(pattern, converters: ["year": "[0-9]{4}"]).match(path)?.named
    }

    @Test(arguments: [
        ("/p/:n<int>", "/p/7", "7"), ("/p/:n<int>", "/p/-7", "-7"),
        ("/p/:n<int>", "/p/1234567890123456789", "1234567890123456789"),
        ("/p/:n<uuid>", "/p/0A1b2c3d-0000-4000-8000-00000000000f", "0A1b2c3d-0000-4000-8000-00000000000f"),
        ("/p/:n<slug>", "/p/a-b_C-1", "a-b_C-1"), ("/p/:n<path>", "/p/a/b//c", "a/b//c"),
        ("/p/:n<year>", "/p/2026", "2026"),
        ("/p/:n<path>/edit", "/p/a/b/edit", "a/b"),
    ])
    func `a converter captures what it accepts`(pattern: String, path: String, value: String) throws {
        #expect(try captures(pattern, path) == ["n": value])
    }

    @Test(arguments: [
        ("/p/:n<int>", "/p/x"), ("/p/:n<int>", "/p/"), ("/p/:n<int>", "/p/+7"), ("/p/:n<int>", "/p/7.0"),
        ("/p/:n<int>", "/p/٣"),
        ("/p/:n<int>", "/p/9999999999999999999"), ("/p/:n<int>", "/p/12345678901234567890"), ("/p/:n<int>", "/p/--7"),
        ("/p/:n<uuid>", "/p/0a1b2c3d000040008000000000000000"),
        ("/p/:n<uuid>", "/p/ga1b2c3d-0000-4000-8000-000000000000"),
        ("/p/:n<slug>", "/p/a.b"), ("/p/:n<slug>", "/p/é"), ("/p/:n<slug>", "/p/a/b"), ("/p/:n<path>", "/p/"),
        ("/p/:n<year>", "/p/26"),
    ])
    func `a converter refuses everything else`(pattern: String, path: String) throws {
        #expect(try captures(pattern, path) == nil)
    }

    @Test func `every int is in the range of Int`() throws {
        #expect(Int("8999999999999999999") != nil)
        #expect(try captures("/:n<int>", "/-8999999999999999999") != nil)
    }

    @Test(arguments: [
        ("/posts/:year<int>/:slug?", "/posts/2026", ["year": "2026"]),
        ("/posts/:year<int>/:slug?", "/posts/2026/gust", ["year": "2026", "slug": "gust"]),
        ("/posts/:year<int>?", "/posts", [:]), ("/posts/:year<int>?", "/posts/7", ["year": "7"]),
        ("/:page?", "/", [:]), ("/:page?", "/a", ["page": "a"]), ("/:lang?/about", "/about", [:]),
        ("/:lang?/about", "/de/about", ["lang": "de"]), ("/:a?/:b?", "/", [:]), ("/:a?/:b?", "/x", ["a": "x"]),
        ("/:a?/:b?", "/x/y", ["a": "x", "b": "y"]), ("/x/:a<int>?/:b<slug>?", "/x/y", ["b": "y"]),
        ("/(?:x/:a?|y)", "/x", [:]),
    ])
    func `an optional segment may be left out with its slash`(
        pattern: String,
        path: String,
        named: [String: String]
    ) throws {
        #expect(try captures(pattern, path) == named)
    }

    @Test(arguments: [
        ("/posts/:slug?", "/posts/"), ("/posts/:slug?", "/posts/a/b"), ("/posts/:slug?", "/postsa"), ("/:page?", "//"),
        ("/:a?/:b?", "//"), ("/:a?/:b?", "/x/"), ("/:a?/:b?", "//y"),
    ])
    func `an optional segment isn't an empty segment`(pattern: String, path: String) throws {
        #expect(try captures(pattern, path) == nil)
    }

    @Test(arguments: [
        (
            "/a/:x<yaer>",
            "there is no converter \"yaer\", but there are: int, path, slug, uuid, year\n  /a/:x<yaer>\n       ^^^^^^"
        ),
        ("/a/:x<int", "a \">\" is missing behind the name of the converter\n  /a/:x<int\n       ^^^^"),
        (
            "/a/:x?b",
            "\"?\" makes a whole segment optional: it must be the last character of the segment\n  /a/:x?b\n       ^"
        ),
        (
            "/a/:x<int>??",
            "\"?\" makes a whole segment optional: it must be the last character of the segment\n  /a/:x<int>??\n            ^"
        ),
        (
            "/:a?/:b<int>/c",
            "after an optional segment, a capture must be optional too: it is unclear which of the two a segment is for\n"
                + "  /:a?/:b<int>/c\n       ^^^^^^^"
        ),
        (
            "/a/:<int>",
            "\"/:\" must be followed by a name: letters, digits and _, not beginning with a digit\n  /a/:<int>\n      ^"
        ),
    ])
    func `a mistake is underlined`(pattern: String, message: String) {
        #expect {
            try Pattern(pattern, converters: ["year": "[0-9]{4}"])
        } throws: { error in
            "\(error)" == message
        }
    }

    @Test(arguments: [
        ("(a|b)", "it has a group that captures; write (?:…)"), ("a(", "missing closing parenthesis"),
        ("a*", "it matches the empty text"),
    ])
    func `an expression that can't be a converter is a mistake of the route`(expression: String, reason: String) throws
    {
        var routes = Routes()
        routes.converters["mine"] = expression
        routes.get("/a/:x<mine>", file: "App.swift", line: 7) { _ in "" }
        #expect {
            try routes.build()
        } throws: { error in
            "\(error)"
                == "App.swift:7: the converter \"mine\" (\(expression)) can't be used: \(reason)\n  /a/:x<mine>\n       ^^^^^^"
        }
    }

    @Test func `converters of a list apply to the groups inside of it, and to their prefixes`() throws {
        var routes = Routes()
        routes.converters["year"] = "[0-9]{4}|now"
        routes.group("/:year<year>") { year in
            year.converters["letter"] = "[a-z]"
            year.get("/:x<letter>") { (_, year: String, x: String) in "\(year) \(x)" }
        }
        let router = try routes.build()
        #expect(try ask(router, .get, "/2026/x").text == "2026 x")
        #expect(try ask(router, .get, "/now/x").text == "now x")
        #expect(try ask(router, .get, "/26/x").status == 404)
    }

    @Test func `the middleware of a group with a converter in its prefix is around its 404`() throws {
        struct Mark: Middleware {
            func answer(_ request: Request, next: any Handler) -> Answer {
                next.answer(request).edited(with: request.captures["n"]) { $0.headers[.via] = $1 }
            }
        }
        var routes = Routes()
        routes.converters["year"] = "[0-9]{4}"
        routes.group("/:n<year>", through: Mark()) { $0.get("/x") { _ in "x" } }
        let answer = try ask(routes, .get, "/2026/nothing")
        #expect(answer.status == 404)
        #expect(answer.headers[.via] == "2026")
    }

    @Test func `an absent optional segment is nil for a typed handler`() throws {
        var routes = Routes()
        routes.get("/posts/:year<int>/:slug?") { (_, year: Int, slug: String?) in "\(year) \(slug ?? "none")" }
        #expect(try ask(routes, .get, "/posts/2026").text == "2026 none")
        #expect(try ask(routes, .get, "/posts/2026/a").text == "2026 a")
    }

    @Test func `URLs are built with optional segments and converters`() throws {
        var routes = Routes()
        routes.get("/posts/:year<int>/:slug?", name: "post") { _ in "" }
        routes.get("/:page?", name: "page") { _ in "" }
        routes.get("/files/:path<path>", name: "file") { _ in "" }
        let router = try routes.build()
        #expect(try router.url(for: "post", ["year": 2026]) == "/posts/2026")
        #expect(try router.url(for: "post", ["year": 2026, "slug": "a b"]) == "/posts/2026/a%20b")
        #expect(try router.url(for: "page") == "/")
        #expect(try router.url(for: "page", ["page": "x"]) == "/x")
        #expect(try router.url(for: "file", ["path": "a/b c"]) == "/files/a/b%20c")
        #expect {
            try router.url(for: "post", ["year": "last"])
        } throws: { error in
            "\(error)" == "/posts/last doesn't match /posts/:year<int>/:slug?: a value doesn't match its capture"
        }
    }

    @Test func `an optional segment is indexed by the text before it`() throws {
        #expect(try Pattern("/posts/:slug?").literalPrefix == "/posts")
        #expect(try Pattern("/posts/:id<int>/x").literalPrefix == "/posts/")
    }
}
