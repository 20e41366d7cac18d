import Foundation
import GustFiles
import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// URLs of static files with a version of their contents.
@Suite struct StaticFileVersionTests {
    private let directory: TemporaryDirectory
    private let exchange = Exchange()
    private let router: Router

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("one", to: "public/app.js")
        try directory.write("a b", to: "public/sub/a b?é.css")
        try directory.write(String(repeating: "x", count: 100_000), to: "public/big.js")
        try directory.write("x", to: "more/only.js")
        let path = directory.path
        var routes = Routes()
        routes.get("/static/(?P<path>.*)", use: .files(path + "/public", cacheControl: "max-age=60"))
        routes.get("/more/(.*)", through: MethodOverride(), use: .files(path + "/more"))
        routes.get("/url/(?<file>.*)") { request in
            do {
                return try request.staticURL(request.captures["file"] ?? "")
            } catch {
                return "error: \(error)"
            }
        }
        router = try routes.build()
    }

    private func get(
        _ target: String,
        _ headers: HTTPFields = [:],
        method: HTTPRequest.Method = .get
    ) async throws
        -> Exchange.Answer
    {
        try await exchange.answer(exchange.request(target, headers, method: method), from: router)
    }

    private static let immutable = "public, max-age=31536000, immutable"

    @Test func `the version is made from the contents, and the file with it is cached for ever`() async throws {
        let url = try await get("/url/app.js").text
        // The first 8 bytes of SHA-256 of SHA-256 of "one".
        #expect(url == "/static/app.js?v=fe8d7a873dc48961")
        let answer = try await get(url)
        #expect(answer.text == "one")
        #expect(answer.headers[.cacheControl] == Self.immutable)
        #expect(answer.headers[.eTag] != nil)
        let unchanged = try await get(url, [.ifNoneMatch: try #require(answer.headers[.eTag])])
        #expect(unchanged.status == .notModified)
        #expect(unchanged.headers[.cacheControl] == Self.immutable)
        #expect(try await get(url, method: .head).headers[.cacheControl] == Self.immutable)
        #expect(try await get(url, [.range: "bytes=0-0"]).headers[.cacheControl] == Self.immutable)
    }

    @Test func `a file that is compressed after its version is known says its coding, and is cached for ever`()
        async throws
    {
        try directory.write(String(repeating: "let x = 1\n", count: 500), to: "public/long.js")
        let url = try await get("/url/long.js").text
        #expect(url.utf8.contains(UInt8(ascii: "?")), "the version is known before the first request")
        for _ in 0..<2 {
            let answer = try await get(url, [.acceptEncoding: "gzip"])
            #expect(answer.headers[.contentEncoding] == "gzip")
            #expect(answer.headers[.eTag]?.hasSuffix("-gzip\"") == true)
            #expect(answer.headers[.cacheControl] == Self.immutable)
            #expect(answer.headers[.vary] == "Accept-Encoding")
        }
        #expect(try await get(url).headers[.contentEncoding] == nil)
    }

    @Test func `encodings with the same size and time have different tags`() async throws {
        try directory.write("same", to: "public/app.js.br")
        try directory.write("same", to: "public/app.js.zst")
        try directory.write("same", to: "public/app.js.gz")
        var tags: [String] = []
        for coding in ["br", "zstd", "gzip", "identity"] {
            let answer = try await get("/static/app.js", [.acceptEncoding: coding])
            #expect(answer.headers[.contentEncoding] == (coding == "identity" ? nil : coding))
            tags.append(try #require(answer.headers[.eTag]))
        }
        #expect(Set(tags).count == 4)
        #expect(tags[0].hasSuffix("-br\"") && tags[1].hasSuffix("-zstd\"") && tags[2].hasSuffix("-gzip\""))
    }

    @Test(arguments: ["", "?", "?v=", "?v=0000000000000000", "?v=b0", "?w=b0", "?%76=b0"])
    func `a file with another version or without one gets the usual rule`(query: String) async throws {
        _ = try await get("/url/app.js")
        let answer = try await get("/static/app.js" + query)
        #expect(answer.text == "one")
        #expect(answer.headers[.cacheControl] == "max-age=60")
    }

    @Test func `the right version among other parameters isn't the URL that was made`() async throws {
        let url = try await get("/url/app.js").text
        #expect(try await get(url + "&x=1").headers[.cacheControl] == "max-age=60")
        #expect(try await get(url + "0").headers[.cacheControl] == "max-age=60")
    }

    @Test func `a change of the contents changes the version, one of the date doesn't`() async throws {
        let url = try await get("/url/app.js").text
        try directory.setDate(1_000, of: "public/app.js")
        exchange.loop.advanceTime(by: .seconds(2))
        #expect(try await get("/url/app.js").text == url)
        try directory.write("two", to: "public/app.js")
        exchange.loop.advanceTime(by: .seconds(2))
        let changed = try await get("/url/app.js").text
        #expect(changed.hasPrefix("/static/app.js?v=") && changed != url)
        #expect(try await get(url).headers[.cacheControl] == "max-age=60")
        #expect(try await get(changed).headers[.cacheControl] == Self.immutable)
    }

    @Test func `a request knows the version although no URL has been made, also of a large file`() async throws {
        let small = try await get("/url/app.js").text
        let others = try StaticFileVersionTests(copying: directory)
        #expect(try await others.get(small).headers[.cacheControl] == Self.immutable)
        // The version of a large file is computed for the request.
        let answer = try await get("/static/big.js?v=0123456789abcdef")
        #expect(answer.bytes.readableBytes == 100_000)
        #expect(answer.headers[.cacheControl] == "max-age=60")
        let large = try await get("/url/big.js").text
        #expect(large.hasPrefix("/static/big.js?v="))
        #expect(try await others.get(large).headers[.cacheControl] == Self.immutable)
    }

    private init(copying directory: TemporaryDirectory) throws {
        self.directory = directory
        var routes = Routes()
        routes.get("/static/(?P<path>.*)", use: .files(directory.path + "/public", cacheControl: "max-age=60"))
        router = try routes.build()
    }

    @Test func `the name is encoded, and further routes are tried`() async throws {
        let url = try await get("/url/sub/a%20b%3F%C3%A9.css").text
        #expect(url.hasPrefix("/static/sub/a%20b%3F%C3%A9.css?v="))
        #expect(try await get(url).headers[.cacheControl] == Self.immutable)
        #expect(try await get("/url/only.js").text.hasPrefix("/more/only.js?v="))
    }

    @Test func `without memory for versions, a large file is sent without being read for one`() async throws {
        let files = StaticFiles(directory.path + "/public", memory: 0)
        let request = try exchange.request("/x?v=0123456789abcdef", captures: [("path", "big.js")])
        #expect(try files.answer(request).immediateResponse?.status == .ok)
        #expect(
            try exchange.collect(try #require(try files.answer(request).immediateResponse)).headers[.cacheControl]
                == "no-cache"
        )
    }

    @Test(arguments: ["nope.js", "../more/only.js", "%2e%2e/more/only.js", "app.js/x", ".hidden"])
    func `a file that isn't served has no URL`(path: String) async throws {
        let text = try await get("/url/" + path).text
        #expect(text.hasPrefix("error: there is no static file \""))
        #expect(text.hasSuffix("\" below /static/(?P<path>.*), /more/(.*)"))
    }

    @Test func `a template inserts the URL, and a misspelt file is found when the routes are built`() async throws {
        try directory.write("<script src=\"{{static_url \"big.js\"}}\">{{static_url f}}", to: "t/page.mustache")
        let templates = try Templates(directory: directory.path + "/t")
        var routes = Routes()
        routes.use(templates)
        routes.get("/static/(?P<path>.*)", use: .files(directory.path + "/public"))
        routes.get("/page") { request in try request.render("page", ["f": "app.js"]) }
        let text = try await exchange.answer(exchange.request("/page"), from: routes.build()).text
        // The version of the large file was computed when the routes were built.
        #expect(text.hasPrefix("<script src=\"/static/big.js?v="))
        #expect(text.contains("\">/static/app.js?v="))
        try directory.write("<p>\n{{static_url \"ap.js\"}}", to: "t/page.mustache")
        var wrong = Routes()
        wrong.get("/static/(?P<path>.*)", use: .files(directory.path + "/public"))
        wrong.get(
            "/page",
            use: .template("page", from: try Templates(directory: directory.path + "/t")),
            file: "App.swift",
            line: 9
        )
        #expect {
            try wrong.build()
        } throws: { error in
            "\(error)" == """
                App.swift:9: the template "page" has a mistake
                \(directory.path)/t/page.mustache:2:1: there is no static file "ap.js" below /static/(?P<path>.*)
                {{static_url "ap.js"}}
                ^^^^^^^^^^^^^^^^^^^^^^
                  /page
                  ^^^^^
                """
        }
    }
}
