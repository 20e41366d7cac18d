import Foundation
import GustHTTP
import GustRouting
import HTTPTypes
import Testing

@testable import GustWeb

/// Links to routes in templates.
@Suite struct TemplateLinkTests {
    private let exchange = Exchange()
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func page(_ template: String, _ values: [String: any Sendable] = [:]) async throws -> String {
        try directory.write(template, to: "page.mustache")
        let templates = try Templates(directory: directory.path)
        var routes = Routes()
        routes.get("/posts/:year<int>/:slug?", name: "post") { _ in "" }
        routes.get("/", name: "home") { _ in "" }
        routes.get("/quote/(?<text>.*)", name: "quote") { _ in "" }
        routes.get("/page") { request in
            do {
                return try templates.render("page", values, for: request).text
            } catch {
                return "error: \(error)"
            }
        }
        return try await exchange.answer(exchange.request("/page"), from: routes.build()).text
    }

    @Test func `a tag inserts the path of a route`() async throws {
        let text = try await page(
            #"<a href="{{url post year=year slug=post.slug}}">{{post.slug}}</a> {{ url  home }} {{url post year="7"}}"#,
            ["year": 2026, "post": ["slug": "a b"]]
        )
        #expect(text == #"<a href="/posts/2026/a%20b">a b</a> / /posts/7"#)
    }

    @Test func `values come from the section around the tag, also in partials and layouts`() async throws {
        try directory.write("[{{url post year=. slug=\"x\"}}]", to: "link.mustache")
        try directory.write("{{url home}}: {{$body}}{{/body}}", to: "layout.mustache")
        let text = try await page(
            "{{<layout}}{{$body}}{{#years}}{{>link}}{{/years}}{{/body}}{{/layout}}",
            ["years": [1, 2]]
        )
        #expect(text == "/: [/posts/1/x][/posts/2/x]")
    }

    @Test func `a value that is missing or empty leaves an optional segment out`() async throws {
        #expect(try await page("{{url post year=y slug=s}}", ["y": 1]) == "/posts/1")
        #expect(try await page("{{url post year=y slug=s}}", ["y": 1, "s": ""]) == "/posts/1")
        #expect(try await page("{{url post year=y slug=s}}", ["s": "x"]).contains("a value for \"year\" is missing"))
    }

    @Test(arguments: [#"<script>"'&amp;"#, "a&b", "&lt;", "{{url home}}", "{{{x}}}", "é/ü", "%2F", "\"", "x y\n"])
    func `any value is encoded and escaped once`(value: String) async throws {
        let text = try await page("{{url quote text=v}}", ["v": value])
        var expected = PercentEncoding.encodeSegment(value)
        if value == "é/ü" { expected = "%C3%A9/%C3%BC" }
        if value == "x y\n" {
            #expect(text.hasPrefix("error: "))
        } else {
            #expect(text == "/quote/\(HTMLEscaping.escape(expected))")
        }
    }

    @Test(arguments: [
        (
            "a\n b {{url year=year}} c", "the name of the route comes first", 2, 4,
            " b {{url year=year}} c\n   ^^^^^^^^^^^^^^^^^"
        ),
        (
            "{{url post year}}", "\"year\" isn't a value: write key=name or key=\"text\"", 1, 1,
            "{{url post year}}\n^^^^^^^^^^^^^^^^^"
        ),
        ("{{url post year=\"x}}", "a quotation mark is missing", 1, 1, "{{url post year=\"x}}\n^^^^^^^^^^^^^^^^^^^^"),
        ("{{url post year={x}}", "\"{x\" isn't a value", 1, 1, ""),
    ])
    func `a mistake in a tag is underlined when the templates are loaded`(
        template: String,
        reason: String,
        line: Int,
        column: Int,
        excerpt: String
    ) throws {
        try directory.write(template, to: "bad.mustache")
        #expect {
            try Templates(directory: directory.path)
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("\(directory.path)/bad.mustache:\(line):\(column): ") && text.contains(reason)
                && text.hasSuffix(excerpt)
        }
    }

    @Test(arguments: ["{{url}}", "{{url }}", "{{urls}}", "{{#url}}x{{/url}}", "{{! url x }}", "{{static_url}}"])
    func `a value called url stays a value`(template: String) async throws {
        let text = try await page(template, ["url": "u", "urls": "u", "static_url": "u"])
        #expect(["u", "x", ""].contains(text))
    }

    @Test func `a page with a link to an unknown route is a mistake of its route, also in a partial`() throws {
        try directory.write("{{url psot}}", to: "link.mustache")
        try directory.write("{{>link}}", to: "page.mustache")
        let templates = try Templates(directory: directory.path)
        var routes = Routes()
        routes.get("/posts", name: "post") { _ in "" }
        routes.group("/a", through: MethodOverride()) {
            $0.get("/page", use: .template("page", from: templates), file: "App.swift", line: 7)
        }
        #expect {
            try routes.build()
        } throws: { error in
            "\(error)" == """
                App.swift:7: the template "page" has a mistake
                \(directory.path)/link.mustache:1:1: no route is called "psot"; there are only: post
                {{url psot}}
                ^^^^^^^^^^^^
                  /a/page
                  ^^^^^^^
                """
        }
    }

    @Test(arguments: [
        ("{{url post}}", "a value for \"year\" is missing for /posts/:year<int>/:slug?"),
        ("{{url post year=y slgu=s}}", "/posts/:year<int>/:slug? has no capture \"slgu\""),
    ])
    func `a link without a capture, or with another one, is found when the routes are built`(
        tag: String,
        reason: String
    )
        throws
    {
        try directory.write("<p>\n<a href=\"\(tag)\">", to: "page.mustache")
        var routes = Routes()
        routes.use(try Templates(directory: directory.path))
        routes.get("/posts/:year<int>/:slug?", name: "post") { _ in "" }
        #expect {
            try routes.build()
        } throws: { error in
            "\(error)" == """
                \(directory.path)/page.mustache:2:10: \(reason)
                <a href="\(tag)">
                         \(String(repeating: "^", count: tag.count))
                """
        }
    }

    @Test func `a page of a route has links`() async throws {
        try directory.write("{{url here}}", to: "page.mustache")
        var routes = Routes()
        routes.get("/here", name: "here", use: .template("page", from: try Templates(directory: directory.path)))
        #expect(try await exchange.answer(exchange.request("/here"), from: routes.build()).text == "/here")
    }

    @Test func `links need the request`() throws {
        try directory.write("{{url home}}", to: "page.mustache")
        let templates = try Templates(directory: directory.path)
        #expect {
            try templates.render("page")
        } throws: { error in
            "\(error)" == """
                \(directory.path)/page.mustache:1:1: the tag needs the request: render the page with `for: request`
                {{url home}}
                ^^^^^^^^^^^^
                """
        }
    }
}
