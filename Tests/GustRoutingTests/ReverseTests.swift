import GustHTTP
import HTTPTypes
import Testing

@testable import GustRouting

@Suite struct ReverseTests {
    @Test func `a URL is built from a route's name, also for regular expressions`() throws {
        var routes = Routes()
        routes.get(#"/(?P<year>\d{4})/(?P<slug>[a-z-]+)(?:/page/(?P<page>\d+))?"#, name: "post") { _ in "" }
        routes.get("/hello/:name", name: "hello") { _ in "" }
        let router = try routes.build()
        #expect(try router.url(for: "post", ["year": 2026, "slug": "gust"]) == "/2026/gust")
        #expect(try router.url(for: "post", ["year": 2026, "slug": "gust", "page": 2]) == "/2026/gust/page/2")
        #expect(try router.url(for: "hello", ["name": "a b?"]) == "/hello/a%20b%3F")
    }

    @Test func `literal text is encoded, and optional parts without a value are left out`() throws {
        var routes = Routes()
        routes.get("/café au lait/:size(?:/now)?", name: "coffee") { _ in "" }
        #expect(try routes.build().url(for: "coffee", ["size": 2]) == "/caf%C3%A9%20au%20lait/2")
    }

    @Test func `a URL that the route wouldn't match is refused`() throws {
        var routes = Routes()
        routes.get(#"/(?P<year>\d{4})"#, name: "year") { _ in "" }
        let router = try routes.build()
        #expect(throws: ReverseError.self) { try router.url(for: "year", ["year": "last"]) }
        #expect(throws: ReverseError.self) { try router.url(for: "year") }
        #expect(throws: ReverseError.self) { try router.url(for: "month") }
    }

    /// The path of the only route for these values, or the error's text.
    private func url(_ pattern: String, _ values: [String: String]) throws -> String {
        var routes = Routes()
        routes.add(Route(pattern, name: "it", handler: ImmediateHandler { _ in "" }))
        let router = try routes.build()
        do {
            return try router.url(for: "it", values)
        } catch {
            return error.description
        }
    }

    @Test func `a slash in a value is kept if the capture matches it, and encoded otherwise`() throws {
        #expect(try url("/files/(?<path>.+)", ["path": "a/b c"]) == "/files/a/b%20c")
        #expect(try url("/users/:id", ["id": "a/b"]) == "/users/a%2Fb")
        #expect(try url("/:owner/(?<path>.+)", ["owner": "a/b", "path": "c/d"]) == "/a%2Fb/c/d")
        #expect(
            try url(#"/(?<word>\w+)"#, ["word": "a/b"])
                == #"/a/b doesn't match /(?<word>\w+): a value doesn't match its capture"#
        )
    }

    @Test func `a percent sign is encoded once`() throws {
        #expect(try url("/:id", ["id": "50%"]) == "/50%25")
        #expect(try url("/:id", ["id": "%2F"]) == "/%252F")
        #expect(try url("/a%2Fb/:id", ["id": "x"]) == "/a%2Fb/x")
    }

    @Test func `an optional group without values is left out, and needs all of its values otherwise`() throws {
        let pattern = "/posts(?:/(?<year>[0-9]+)/(?<month>[0-9]+))?"
        #expect(try url(pattern, [:]) == "/posts")
        #expect(try url(pattern, ["year": "2026", "month": "11"]) == "/posts/2026/11")
        #expect(try url(pattern, ["year": "2026"]) == "a value for \"month\" is missing for \(pattern)")
    }

    @Test func `the values decide which alternative is used`() throws {
        let pattern = "/by-name/(?<name>[a-z]+)|/by-number/(?<number>[0-9]+)"
        #expect(try url(pattern, ["number": "7"]) == "/by-number/7")
        #expect(try url(pattern, ["name": "ada"]) == "/by-name/ada")
        #expect(try url("/(?:en|de)/:page", ["page": "x"]) == "/en/x")
    }

    @Test func `values of unnamed groups are passed by number`() throws {
        #expect(try url("/([a-z]+)/:id/([0-9]+)", ["0": "x", "id": "y", "1": "7"]) == "/x/y/7")
    }

    @Test func `a nested group is filled by its own value or by that of the outer group`() throws {
        let pattern = "/chat-(?<extra>room-(?<room>[a-z]+))"
        #expect(try url(pattern, ["room": "lobby"]) == "/chat-room-lobby")
        #expect(try url(pattern, ["extra": "room-lobby"]) == "/chat-room-lobby")
        #expect(try url(pattern, ["extra": "room-lobby", "room": "hall"]).contains("not as \"hall\""))
    }

    @Test func `a value that the capture wouldn't give back is refused`() throws {
        #expect(
            try url("/(?<a>x)?(?<b>.*)", ["b": "xy"]) == #"/(?<a>x)?(?<b>.*) reads "b" from /xy as "y", not as "xy""#
        )
    }

    @Test func `a path that a client would change or read as a host is refused or encoded`() throws {
        #expect(try url("/files/:name", ["name": ".."]) == "clients remove the segment .. from /files/..")
        #expect(try url("/files/(?<path>.*)", ["path": "../x"]) == "/files/..%2Fx")
        #expect(try url("/(?<path>.*)", ["path": "/evil.example"]) == "/%2Fevil.example")
        #expect(try url("/(?<path>.*)", ["path": "a\nb"]).contains("a value doesn't match its capture"))
    }

    @Test func `a value without a capture is refused`() throws {
        #expect(try url("/:id", ["id": "1", "page": "2"]) == "/:id has no capture \"page\"")
        #expect(try url("/x", ["page": "2"]) == "/x has no capture \"page\"")
    }

    @Test func `a pattern that doesn't consist of text and groups is refused with the reason`() throws {
        #expect(
            try url("/[a-z]+/:id", ["id": "1"])
                == "no path can be built from /[a-z]+/:id: [a-z] can match several texts"
        )
        #expect(
            try url("/(?i)x/:id", ["id": "1"])
                == "no path can be built from /(?i)x/:id: it has inline options, comments or the like"
        )
    }

    private static let patterns = [
        "/:a", "/:a/:b", "/(?<a>.*)", "/(?<a>.*)/x/(?<b>.+)", "/x(?:/(?<a>[^/]*))?", "/(?<a>[a-z/]+)-(?<b>.*)",
        "(?:/:a)?/y",
        "/(?<a>a|b)|/z/(?<b>.+)", "/%2F/:a", "/é (?<a>.{0,3})", "(/(?<a>.*))/z", #"/:a\.(?<b>json|xml)"#,
        #"/\Qa.b\E/:a"#,
        "/(?<a>(?<b>[^/]+)/.*)", "/(?!b)(?<a>[^/]*)", "(?:/(?<a>a+)){2}",
    ]
    private static let texts = [
        "", "a", "b", "/", "a/b", "//", "%", "%2F", "%25", "é", "e\u{301}", " ", "..", ".", "a/../b", "a?b#c", "json",
        "x/x", "\\", "\0",
        "a\nb", "😀", "aaa", "/a", "a/", "-", "+", "a&b=c;d",
    ]

    @Test(arguments: patterns)
    func `a built path matches its route and gives the same captures`(pattern: String) throws {
        var routes = Routes()
        routes.add(
            Route(
                pattern,
                name: "it",
                handler: ImmediateHandler { $0.captures.all.map { $0.value ?? "-" }.description }
            )
        )
        let router = try routes.build()
        let compiled = try Pattern(pattern)
        var built = 0
        for a in Self.texts {
            for b in [nil] + Self.texts.map(Optional.some) {
                var values: [String: String] = [:]
                if compiled.groupNames.contains("a") { values["a"] = a }
                if compiled.groupNames.contains("b") { values["b"] = b }
                guard let path = try? router.url(for: "it", values) else { continue }
                built += 1
                let target = try #require(RequestTarget(path), "\(path)")
                let captures = try #require(compiled.match(target.matchingPath), "\(path)")
                for (name, value) in values {
                    #expect(captures[name].map { Array($0.utf8) } == Array(value.utf8), "\(path)")
                }
                #expect(try ask(router, .get, path).status == 200)
                #expect(
                    !path.hasPrefix("//") && !path.contains("/../") && !path.hasSuffix("/..") && !path.hasSuffix("/.")
                )
            }
        }
        #expect(built > 0)
    }

    @Test func `repeated text is repeated in the path`() throws {
        #expect(try url("/xa{3}/:id", ["id": "7"]) == "/xaaa/7")
    }

    @Test func `of several groups with one name, the group that participates in the match is checked`() throws {
        #expect(try url("/(?:x/(?<a>[0-9]+)|y/(?<a>[a-z]+))", ["a": "7"]) == "/x/7")
    }

    @Test func `more than four values with slashes are either all encoded or all kept`() throws {
        let pattern = "/:a/:b/:c/:d/(?<e>.+)"
        let values = Dictionary(uniqueKeysWithValues: ["a", "b", "c", "d", "e"].map { ($0, "x/y") })
        #expect(try url(pattern, values) == "/x%2Fy/x%2Fy/x%2Fy/x%2Fy/x%2Fy")
        #expect(try url(pattern, values.merging(["a": "x"]) { $1 }) == "/x/x%2Fy/x%2Fy/x%2Fy/x/y")
    }

    @Test(arguments: ["\u{301}x", "\u{600}/x", "a/\u{301}b", "../\u{301}x", "..\u{301}", "/\u{301}host"])
    func `a combining mark beside a slash or a dot doesn't hide it`(value: String) throws {
        var routes = Routes()
        routes.get("/(?P<rest>.+)", name: "all") { _ in "" }
        let router = try routes.build()
        do {
            let path = try router.url(for: "all", ["rest": value])
            #expect(!path.utf8.starts(with: "//".utf8))
            #expect(!path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) })
        } catch {
            // A refusal is right too, because a client would change the path.
        }
    }
}
