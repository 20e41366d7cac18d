import Foundation
import GustFiles
import GustHTTP
import GustRouting
import HTTPTypes
import Testing

/// Rules for caching, fallback pages, and lists of directories.
@Suite struct StaticFileRulesTests {
    private let directory: TemporaryDirectory
    private let exchange = Exchange()

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["index.html", "app.js", "assets/a.css", "assets/deep/b.css", "docs/index.html", "api/real"] {
            try directory.write("<p>\(name)</p>", to: name)
        }
    }

    private func get(
        _ path: String,
        _ headers: HTTPFields = [:],
        from files: StaticFiles,
        method: HTTPRequest.Method = .get
    ) async throws -> Exchange.Answer {
        var routes = Routes()
        routes.get("/(?P<path>.*)", use: files)
        return try await exchange.answer(exchange.request("/" + path, headers, method: method), from: routes.build())
    }

    @Test(arguments: [
        ("index.html", "no-store"), ("docs/index.html", "no-store"), ("assets/a.css", "max-age=1"),
        ("assets/deep/b.css", "max-age=2"), ("app.js", "max-age=3"), ("api/real", "no-cache"),
    ])
    func `the first pattern that matches the path decides`(path: String, rule: String) async throws {
        let files = StaticFiles(
            directory.path,
            cacheRules: [
                "*.html": "no-store", "assets/*": "max-age=1", "**/*.css": "max-age=2", "/app.js": "max-age=3",
            ]
        )
        #expect(try await get(path, from: files).headers[.cacheControl] == rule)
    }

    @Test(arguments: [
        ("*.js", "a.js", true), ("*.js", "x/a.js", true), ("*.js", "a.jsx", false), ("a/*.js", "a/b/c.js", false),
        ("a/**", "a/b/c.js", true), ("a/**", "ab", false), ("**/c.js", "c.js", true), ("**/c.js", "a/b/c.js", true),
        ("**/c.js", "a/xc.js", false), ("a/**/c", "a/c", true), ("a/**/c", "a/b/b/c", true), ("a/**/c", "ac", false),
        ("?.js", "a.js", true), ("?.js", "ab.js", false), ("a?b/x", "a/b/x", false), ("a**z/", "a/q/z/", true),
        ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("é.css", "e\u{301}.css", false),
    ])
    func `a pattern matches names or whole paths, byte by byte`(
        pattern: String,
        path: String,
        isMatch: Bool
    ) async throws {
        try directory.write("x", to: "t/\(path.last == "/" ? path + "index.html" : path)")
        let files = StaticFiles(directory.path + "/t", cacheRules: [pattern: "max-age=9"])
        let answer = try await get(
            path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .map { PercentEncoding.encodeSegment(String(Substring($0))) }.joined(separator: "/"),
            from: files
        )
        #expect(answer.status == .ok)
        // A directory's index is the path with its name.
        let isRule = answer.headers[.cacheControl] == "max-age=9"
        #expect(isRule == (path.last == "/" ? false : isMatch))
    }

    @Test func `a wrong pattern, and a fallback that doesn't exist, are mistakes of the route`() throws {
        var routes = Routes()
        routes.get("/a/(.*)", use: .files(directory.path, cacheRules: ["[ab].js": "x"]), file: "App.swift", line: 1)
        routes.get("/b/(.*)", use: .files(directory.path, fallback: "idnex.html"), file: "App.swift", line: 2)
        routes.get(
            "/c/(.*)",
            use: .files(directory.path, fallback: FallbackPage("index.html", except: [""])),
            file: "App.swift",
            line: 3
        )
        let error = #expect(throws: RoutesError.self) { try routes.build() }
        let lines = (error?.description ?? "").split(separator: "\n").filter { $0.hasPrefix("App") }
        #expect(
            lines == [
                "App.swift:1: \"[ab].js\" isn't a pattern of paths: it may have *, ** and ?, but no [, {, ! or backslash",
                "App.swift:2: there is no file \"idnex.html\" in \(directory.path) for the fallback",
                "App.swift:3: \"\" isn't a pattern of paths: it may have *, ** and ?, but no [, {, ! or backslash",
            ]
        )
    }

    private static let navigation: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]

    @Test(arguments: ["tickets", "tickets/7", "tickets/", "a.b/c", "apis"])
    func `navigation to a path without a file gets the fallback page`(path: String) async throws {
        let files = StaticFiles(directory.path, fallback: "index.html")
        let answer = try await get(path, Self.navigation, from: files)
        #expect(answer.status == .ok)
        #expect(answer.text == "<p>index.html</p>")
        #expect(answer.headers[.vary] == "Accept")
        #expect(answer.headers[.cacheControl] == "no-cache")
        #expect(try await get(path + "?v=1", Self.navigation, from: files).headers[.cacheControl] == "no-cache")
    }

    @Test(arguments: [
        "app2.js", "api/", "api/users", "img/logo.png", "..%2fx", "%2e%2e/x", "a%5Cb", ".git", "x//y",
    ])
    func `a missing file, and a path of an API or a forbidden one, stay 404`(path: String) async throws {
        let files = StaticFiles(directory.path, fallback: "index.html")
        #expect(try await get(path, Self.navigation, from: files).status == .notFound)
    }

    @Test func `requests that aren't navigation stay 404`() async throws {
        let files = StaticFiles(directory.path, fallback: FallbackPage("index.html", except: []))
        for accept in ["*/*", "application/json", "text/html;q=0", ""] {
            let answer = try await get("tickets", [.accept: accept], from: files)
            #expect(answer.status == .notFound)
            #expect(answer.headers[.vary] == "Accept")
        }
        #expect(try await get("tickets", from: files).status == .notFound)
        #expect(try await get("api/users", Self.navigation, from: files).status == .ok)
        #expect(try await get("api/real", [.accept: "*/*"], from: files).text == "<p>api/real</p>")
    }

    @Test func `without a fallback there is none`() async throws {
        #expect(try await get("tickets", Self.navigation, from: StaticFiles(directory.path)).status == .notFound)
    }

    @Test func `a directory without index is listed only if that is allowed, sorted and escaped`() async throws {
        try directory.write("x", to: "list/<b>&\".txt")
        try directory.write("xy", to: "list/javascript:alert(1)")
        try directory.write("", to: "list/a b?#%.txt")
        try directory.write("", to: "list/sub/x")
        try directory.write("", to: "list/.hidden")
        try directory.write("", to: "list/back\\slash")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/list/link", withDestinationPath: "/etc")
        #expect(try await get("list/", from: StaticFiles(directory.path)).status == .notFound)
        let files = StaticFiles(directory.path, listing: true)
        let answer = try await get("list/", from: files)
        #expect(
            answer.text == """
                <!DOCTYPE html>
                <html><head><meta charset="utf-8"><title>/list</title></head>
                <body><h1>/list</h1><ul>
                <li><a href="../">../</a></li>
                <li><a href="./sub/">sub/</a></li>
                <li><a href="./%3Cb%3E%26%22.txt">&lt;b&gt;&amp;&quot;.txt</a> 1 bytes</li>
                <li><a href="./a%20b%3F%23%25.txt">a b?#%.txt</a> 0 bytes</li>
                <li><a href="./javascript%3Aalert%281%29">javascript:alert(1)</a> 2 bytes</li>
                </ul></body></html>

                """
        )
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        for link in ["%3Cb%3E%26%22.txt", "a%20b%3F%23%25.txt", "javascript%3Aalert%281%29", "sub/"] {
            #expect(try await get("list/" + link, from: files).status == .ok, "\(link)")
        }
    }

    @Test func `the root is listed, an index is preferred, and nothing above or linked is listed`() async throws {
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/assets/up", withDestinationPath: "..")
        let files = StaticFiles(directory.path + "/assets", listing: true)
        #expect(try await get("", from: files).text.contains("<h1>/</h1><ul>\n<li><a href=\"./deep/\">"))
        #expect(try await get("", from: StaticFiles(directory.path, listing: true)).text == "<p>index.html</p>")
        for path in ["../", "%2e%2e/", "up/", "a.css/", "nope/", "deep%2f", "..%5c/", ".git/"] {
            #expect(try await get(path, from: files).status == .notFound, "\(path)")
        }
        #expect(try await get("deep", from: files).status == .permanentRedirect)
    }
}
