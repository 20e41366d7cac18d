import Foundation
import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import InMemoryLogging
import Logging
import Testing

/// URLs of routes in handlers and in templates, and the route of a response.
@Suite struct RouteURLTests {
    private let exchange = Exchange()

    private func text(
        _ target: String = "/make",
        _ headers: [(String, String)] = [],
        through middleware: [any Middleware] = [],
        _ body: @escaping @Sendable (Request) throws -> String
    ) async throws -> String {
        var routes = Routes()
        for middleware in middleware { routes.use(middleware) }
        routes.get("/posts/:year<int>/:slug?", name: "post") { _ in "" }
        routes.get("/make") { request in
            do { return try body(request) } catch { return "error: \(error)" }
        }
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        return try await exchange.answer(exchange.request(target, fields), from: routes.build()).text
    }

    @Test func `a handler builds the URL of a route with query and fragment`() async throws {
        let url = try await text { request in
            try request.url(
                for: "post",
                ["year": 2026, "slug": "a b"],
                query: ["q": "a&b=c", "é": ""],
                fragment: "t op"
            )
        }
        #expect(url == "/posts/2026/a%20b?q=a%26b%3Dc&%C3%A9=#t%20op")
        #expect(try await text { try $0.url(for: "post", ["year": 2026]) } == "/posts/2026")
    }

    @Test func `the error names the mistake`() async throws {
        #expect(
            try await text { try $0.url(for: "psot") } == "error: no route is called \"psot\"; there are only: post"
        )
        #expect(try await text { try $0.url(for: "post") }.contains("a value for \"year\" is missing"))
        #expect(try await text { try $0.url(for: "post", ["year": "x"]) }.contains("a value doesn't match its capture"))
        let outside = try exchange.request("/")
        #expect {
            try outside.url(for: "post")
        } throws: { error in
            "\(error)" == "the URL of \"post\" can't be built: the request isn't in a router"
        }
    }

    @Test func `an absolute URL has the scheme and the host of the request`() async throws {
        let body: @Sendable (Request) throws -> String = {
            try $0.absoluteURL(for: "post", ["year": 1], query: ["a": "b"])
        }
        #expect(try await text("/make", [("Host", "a.example:8080")], body) == "http://a.example:8080/posts/1?a=b")
        #expect(
            try await text("/make", [], body) == "error: the request has no valid Host for an absolute URL: use BaseURL"
        )
        #expect(try await text("/make", [("Host", "evil/x")], body).hasPrefix("error: the request has no valid Host"))
    }

    @Test func `a trusted proxy decides the scheme and the host, and another client doesn't`() async throws {
        let body: @Sendable (Request) throws -> String = { try $0.absoluteURL(for: "post", ["year": 1]) }
        let sent = [("Host", "inner"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "www.example")]
        let trusting = try TrustedProxies(["unix"], reading: .xForwarded(.proto, .host))
        #expect(try await text("/make", sent, through: [trusting], body) == "https://www.example/posts/1")
        let strict = try TrustedProxies(["192.0.2.1"], reading: .xForwarded(.proto, .host))
        #expect(try await text("/make", sent, through: [strict], body) == "http://inner/posts/1")
    }

    @Test func `trusted hosts refuse the host of an attacker`() async throws {
        let body: @Sendable (Request) throws -> String = { try $0.absoluteURL(for: "post", ["year": 1]) }
        let hosts = TrustedHosts(["example.com"])
        #expect(
            try await text("/make", [("Host", "evil.example")], through: [hosts], body) == "this host isn't served here"
        )
    }

    @Test func `a configured base URL has precedence`() async throws {
        let body: @Sendable (Request) throws -> String = {
            try $0.absoluteURL(for: "post", ["year": 1]) + " " + ($0.absoluteURL("/x") ?? "")
        }
        let base = try BaseURL("https://example.com/app/")
        #expect(
            try await text("/make", [("Host", "evil.example")], through: [base], body)
                == "https://example.com/app/posts/1 https://example.com/app/x"
        )
        #expect(try await text("/make", [], through: [base], body).hasPrefix("https://example.com/app/posts/1"))
    }

    @Test(arguments: [
        ("example.com", "it must begin with https:// or http://"), ("ftp://example.com", "it must begin with"),
        ("https:///x", "isn't a host"), ("https://user@example.com", "isn't a host"), ("https://a b", "isn't a host"),
        ("https://example.com?x", "isn't a host"), ("https://example.com/?x", "isn't a path"),
        ("https://example.com/#x", "isn't a path"), ("https://example.com//x", "isn't a path"),
    ])
    func `another text can't be a base URL`(text: String, reason: String) {
        #expect {
            try BaseURL(text)
        } throws: { error in
            "\(error)".hasPrefix("\"\(text)\" can't be a base URL: ") && "\(error)".contains(reason)
        }
    }

    @Test func `a mounted router builds URLs with the prefix of its mount`() async throws {
        var inner = Routes()
        inner.get("/page/:id", name: "page") { request in try request.url(for: "page", ["id": 2]) }
        var routes = Routes()
        routes.mount("/docs/:version", try inner.build())
        let answer = try await exchange.answer(exchange.request("/docs/v%201/page/1"), from: routes.build())
        #expect(answer.text == "/docs/v%201/page/2")
    }

    @Test func `middleware around the application builds URLs before and after routing, also for 404`() async throws {
        struct Link: Middleware {
            func answer(_ request: Request, next: any Handler) -> Answer {
                let url = (try? request.url(for: "home")) ?? "none"
                return next.answer(request).map { response in
                    var response = response
                    response.headers[.via] = "\(url) \(response.route?.name ?? "-")"
                    return response
                }
            }
        }
        var routes = Routes()
        routes.use(Link())
        routes.get("/home", name: "home") { _ in "" }
        let router = try routes.build()
        #expect(try await exchange.answer(exchange.request("/home"), from: router).headers[.via] == "/home home")
        #expect(try await exchange.answer(exchange.request("/nothing"), from: router).headers[.via] == "/home -")
    }

    @Test func `the access log has the pattern of the route`() async throws {
        let lines = InMemoryLogHandler()
        var routes = Routes()
        routes.use(AccessLog(Logger(label: "test") { _ in lines }))
        routes.get("/users/:id") { _ in "user" }
        let router = try routes.build()
        _ = try await exchange.answer(exchange.request("/users/7"), from: router)
        _ = try await exchange.answer(exchange.request("/nothing"), from: router)
        #expect(lines.entries.map { $0.metadata["route"]?.description } == ["/users/:id", nil])
    }
}
