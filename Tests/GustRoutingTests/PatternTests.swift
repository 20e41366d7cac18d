import GustHTTP
import Testing

@testable import GustRouting

@Suite struct PatternTests {
    private func captures(_ pattern: String, _ path: String) throws -> Captures? {
        guard let target = RequestTarget(path) else { return nil }
        return try Pattern(pattern).match(target.matchingPath)
    }

    @Test func `a pattern must match the whole path`() throws {
        #expect(try captures(#"/users/(\d+)"#, "/users/42")?[0] == "42")
        #expect(try captures(#"/users/(\d+)"#, "/users/42/posts") == nil)
        #expect(try captures(#"/users/(\d+)"#, "/x/users/42") == nil)
        #expect(try captures(#"/users/\d+"#, "/users/42\n") == nil)
    }

    @Test func `a pattern can have named and unnamed groups`() throws {
        let captures = try captures(#"/(?P<year>\d{4})/([a-z]+)/(?<slug>[a-z-]+)/(.*)"#, "/2026/nov/gust/x/y")
        #expect(captures?["year"] == "2026")
        #expect(captures?["slug"] == "gust")
        #expect(captures?[0] == "nov")
        #expect(captures?[1] == "x/y")
        #expect(captures?.unnamed == ["nov", "x/y"])
    }

    @Test func `a group that didn't participate in the match is nil`() throws {
        let captures = try captures(#"/a(?:/(?P<b>b))?(?P<c>c)?"#, "/a")
        #expect(captures?["b"] == nil)
        #expect(captures?.all.count == 2)
    }

    @Test func `a slash, a colon and a name match one segment`() throws {
        #expect(try captures("/hello/:name", "/hello/w%C3%B6rld")?["name"] == "wörld")
        #expect(try captures("/hello/:name", "/hello/a/b") == nil)
        #expect(try captures("/:a/x/:b_2", "/1/x/2")?["b_2"] == "2")
    }

    @Test func `a path is decoded once, and an encoded slash doesn't separate segments`() throws {
        #expect(try captures("/:name", "/a%2Fb")?["name"] == "a/b")
        #expect(try captures("/:name", "/a%252Fb")?["name"] == "a%2Fb")
        #expect(try captures("/:name", "/50%25")?["name"] == "50%")
        #expect(try captures("/a b", "/a%20b") != nil)
    }

    @Test(arguments: ["/%zz", "/%4", "/%00", "/%0a", "/%ff", "/a%0D%0Ab"])
    func `a target whose path can't be decoded is refused`(path: String) {
        #expect(RequestTarget(path) == nil)
    }

    @Test func `empty segments are never merged`() throws {
        #expect(try captures("/a//b", "/a//b") != nil)
        #expect(try captures("/a//b", "/a/b") == nil)
        #expect(try captures("/a/b", "/a//b") == nil)
        #expect(try captures("/a/(.*)", "/a//b")?[0] == "/b")
    }

    @Test func `a pattern without special characters matches only itself`() throws {
        #expect(try Pattern("/plain").groupNames.isEmpty)
        #expect(try captures("/plain", "/plain") != nil)
        #expect(try captures("/plain", "/plaiN") == nil)
        #expect(try captures(Pattern.escape("/a.b+c"), "/a.b+c") != nil)
        #expect(try captures(Pattern.escape("/a.b+c"), "/axb+c") == nil)
    }

    @Test func `an escaped text with a slash and a colon has no capture`() throws {
        for literal in ["/:name", "/a/:b.c", "/::x", "/:1"] {
            let pattern = try Pattern(Pattern.escape(literal))
            #expect(pattern.groupNames.isEmpty)
            #expect(pattern.matches(literal))
            #expect(!pattern.matches("/other"))
        }
    }

    @Test func `a slash and a colon in a character class aren't expanded`() throws {
        #expect(try captures("/at/(?P<host>[^/:]+):(?P<port>[0-9]+)", "/at/a.b:80")?["host"] == "a.b")
        #expect(try captures(#"/x\[/:id"#, "/x[/7")?["id"] == "7")
        #expect(try captures("/x[]/:]/:id", "/x]/7")?["id"] == "7")
    }

    @Test func `a literal pattern is compared byte by byte`() throws {
        let composed = "/caf\u{E9}"
        let decomposed = "/cafe\u{301}"
        #expect(try Pattern(composed).matches(composed))
        #expect(try !Pattern(composed).matches(decomposed))
    }

    @Test func `a special character stays special before a combining mark`() throws {
        // "?" and U+0301 are one `Character` in Swift, but two characters in the expression.
        let pattern = try Pattern("/a?\u{301}(b)")
        #expect(pattern.literalPrefix == "/")
        #expect(pattern.match("/\u{301}b")?[0] == "b")
        #expect(try !Pattern("/a.\u{301}").isLiteral)
        #expect(try Pattern(Pattern.escape("/*\u{301}")).matches("/*\u{301}"))
        #expect(try Pattern("/[/]\u{301}/:x").match("//\u{301}/y")?["x"] == "y")
    }

    @Test func `the error for an invalid expression underlines the mistake`() {
        #expect {
            try Pattern("/users/([0-9+")
        } throws: { error in
            "\(error)" == """
                missing terminating ] for character class
                  /users/([0-9+
                               ^
                """
        }
    }

    @Test func `the error for a colon without a name underlines the mistake`() {
        #expect {
            try Pattern("/a/:/b")
        } throws: { error in
            (error as? PatternError)?.offset == 4
        }
    }

    @Test func `a match of a hostile path is aborted at the limit and counted`() throws {
        let before = Router.matchLimitHits
        #expect(try captures("/(a+)+$", "/" + String(repeating: "a", count: 8_000) + "!") == nil)
        #expect(Router.matchLimitHits > before)
    }

    /// JIT-compiled code counts no steps while it returns from a call: this match of two bytes would take minutes.
    @Test func `a match of a pattern that calls itself is aborted at the limit`() throws {
        let before = Router.matchLimitHits
        #expect(try captures("/(a" + String(repeating: "|", count: 500) + "(?1))b", "/c") == nil)
        #expect(Router.matchLimitHits > before)
    }

    @Test(arguments: [
        "/a(?R)?", "/(a)(?1)", "/(a)(?-1)", "/(?+1)(a)", "/(?<x>a)(?&x)", "/(?P<x>a)(?P>x)", #"/(?<x>a)\g<x>"#,
        #"/(a)\g'1'"#,
    ])
    func `an expression that calls a group is interpreted`(expression: String) throws {
        #expect(try !CompiledExpression(expression, written: expression).isJITCompiled)
    }

    @Test(arguments: ["/(?<x>a)", "/(?P<x>a)(?P=x)", #"/(a)\g{1}"#, "/(?-i:a)", "/(?:a+)?"])
    func `an expression that calls no group is compiled to machine code`(expression: String) throws {
        #expect(try CompiledExpression(expression, written: expression).isJITCompiled)
    }

    @Test func `a slash and a colon in a quotation aren't expanded, and the slash can be escaped`() throws {
        #expect(try captures(#"/\Q/:x\E/:id"#, "//:x/7")?.all.map(\.value) == ["7"])
        #expect(try captures(#"/a\/:id"#, "/a/7")?["id"] == "7")
    }

    @Test func `a name after a colon can't begin with a digit`() {
        #expect {
            try Pattern("/:1a")
        } throws: { error in
            "\(error)" == """
                "/:" must be followed by a name: letters, digits and _, not beginning with a digit
                  /:1a
                    ^
                """
        }
    }

    @Test func `a mistake after an expanded name is shown in the expanded pattern`() {
        #expect {
            try Pattern("/:id/(")
        } throws: { error in
            "\(error)" == """
                missing closing parenthesis
                  /(?P<id>[^/]+)/(
                                  ^
                """
        }
    }

    @Test func `a pattern can have at most 63 groups`() throws {
        let most = "/" + String(repeating: "(a)?", count: 63)
        #expect(try Pattern(most).match("/aa")?.all.count == 63)
        #expect {
            try Pattern(most + "(a)?")
        } throws: { error in
            "\(error)".hasPrefix("at most 63 groups are possible")
        }
    }

    @Test func `a match that needs too many steps is aborted long before its natural end`() throws {
        // The letters can be divided in 2^20 ways.
        let before = Router.matchLimitHits
        #expect(try captures("/(?:a+)+[bc]", "/" + String(repeating: "a", count: 20)) == nil)
        #expect(Router.matchLimitHits > before)
    }
}
