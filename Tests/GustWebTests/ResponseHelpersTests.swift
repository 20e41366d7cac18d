import GustFiles
import GustHTTP
import GustRouting
import GustWeb
import HTTPTypes
import NIOCore
import Testing

/// What handlers return and ask all day.
@Suite struct ResponseHelpersTests {
    private struct Post: Codable, ResponseEncodable { let title: String }

    private func ask(
        _ routes: Routes,
        _ target: String = "/",
        _ headers: HTTPFields = [:]
    ) async throws -> Exchange.Answer {
        let exchange = Exchange()
        return try await exchange.answer(exchange.request(target, headers), from: routes.build())
    }

    @Test func `a value is returned as JSON, with a status and fields`() async throws {
        var routes = Routes()
        routes.get("/") { _ in Post(title: "a") }
        routes.get("/new") { _ in Post(title: "b").with(.created, headers: [.location: "/b"]) }
        routes.get("/text") { _ in "x".with(.accepted, headers: [.contentType: "text/x"]) }
        #expect(try await ask(routes).text == #"{"title":"a"}"#)
        let created = try await ask(routes, "/new")
        #expect(created.status == .created)
        #expect(created.headers[.location] == "/b")
        #expect(created.headers[.contentType] == "application/json")
        let text = try await ask(routes, "/text")
        #expect(text.status == .accepted)
        #expect(text.headers[values: .contentType] == ["text/x"])
    }

    // MARK: Downloads

    @Test(arguments: [
        ("a.txt", #"attachment; filename="a.txt""#), ("a b.txt", #"attachment; filename="a b.txt""#),
        ("naïve.txt", #"attachment; filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt"#),
        ("a\"b", #"attachment; filename="a_b"; filename*=UTF-8''a%22b"#),
        ("100%.txt", #"attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt"#),
        ("../a/b\\c\r\nX: y", #"attachment; filename=".._a_b_c__X: y""#),
        ("€'*()", #"attachment; filename="_'*()"; filename*=UTF-8''%E2%82%AC%27%2A%28%29"#),
        ("e\u{301}\"\u{301}", #"attachment; filename="e___"; filename*=UTF-8''e%CC%81%22%CC%81"#),
    ])
    func `a download has its name by RFC 6266`(name: String, field: String) {
        #expect(Response("x").download(as: name).headers[.contentDisposition] == field)
    }

    @Test(
        arguments: [
            ("/a?b#c", "/a?b#c"), ("/", "/"), ("//evil.example", "/home"), ("/\\evil.example", "/home"),
            ("https://evil.example", "/home"), ("a", "/home"), ("", "/home"), ("/\t/evil.example", "/home"),
            ("/a\nb", "/home"), ("/é", "/home"), (nil, "/home"),
        ] as [(String?, String)]
    )
    func `a redirect stays within the site`(target: String?, location: String) {
        let response = Response.redirect(within: target, otherwise: "/home")
        #expect(response.status == .seeOther)
        #expect(response.headers[.location] == location)
    }

    @Test func `a handler sends one file of a directory`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("hello", to: "sub/a.txt")
        try directory.write("secret", to: "../gust-outside.txt")
        defer { try? directory.write("", to: "../gust-outside.txt") }
        let files = StaticFiles(directory.path)
        var routes = Routes()
        routes.get("/send") { request in
            try await files.file(request.query["path"] ?? "", for: request).download(as: "ü.txt")
        }
        let whole = try await ask(routes, "/send?path=sub/a.txt")
        #expect(whole.text == "hello")
        #expect(whole.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(whole.headers[.contentDisposition]?.hasPrefix("attachment; filename=") == true)
        let part = try await ask(routes, "/send?path=sub/a.txt", [.range: "bytes=1-2"])
        #expect(part.status == .partialContent)
        #expect(part.text == "el")
        let tag = try #require(whole.headers[.eTag])
        #expect(try await ask(routes, "/send?path=sub/a.txt", [.ifNoneMatch: tag]).status == .notModified)
        for path in ["", "sub", "../gust-outside.txt", "sub/../../gust-outside.txt", "b", "sub/a.txt%00"] {
            #expect(try await ask(routes, "/send?path=\(path)").status == .notFound, "\(path)")
        }
    }

    // MARK: The matched route

    @Test func `a handler and the middleware of a group know the route`() async throws {
        var routes = Routes()
        func stamp(_ name: HTTPField.Name) -> ClosureMiddleware {
            ClosureMiddleware(answering: { request, next in
                next.answer(request).edited(with: request.route?.pattern ?? "none") { $0.headers[name] = $1 }
            })
        }
        @Sendable func describe(_ request: Request) -> String {
            "\(request.route?.pattern ?? "-") \(request.route?.name ?? "-")"
        }
        routes.use(stamp(.server))
        routes.get("/plain") { request in describe(request) }
        routes.get("/users/:id", name: "user") { request in "\(describe(request)) \(request.captures["id"] ?? "")" }
        routes.group("/in/:group", through: stamp(.contentLanguage)) { inner in
            inner.get("/x", name: "x") { request in describe(request) }
        }
        #expect(try await ask(routes, "/plain").text == "/plain -")
        let user = try await ask(routes, "/users/7")
        #expect(user.text == "/users/:id user 7")
        #expect(user.headers[.server] == "none")
        let inner = try await ask(routes, "/in/g/x")
        #expect(inner.text == "/in/:group/x x")
        #expect(inner.headers[.server] == "none")
        #expect(inner.headers[.contentLanguage] == "/in/:group/x")
    }

    @Test func `a mounted router has a route of its own`() async throws {
        var inner = Routes()
        inner.get("/x") { request in request.route?.pattern ?? "-" }
        inner.get("/y/:id") { request in "\(request.route?.pattern ?? "-") \(request.captures.named.count)" }
        var routes = Routes()
        routes.mount("/a/:part", try inner.build())
        #expect(try await ask(routes, "/a/b/x").text == "/x")
        #expect(try await ask(routes, "/a/b/y/1").text == "/y/:id 2")
    }

    // MARK: Addresses

    @Test(
        arguments: [
            ("example.com", true, "https://example.com/a?b"),
            ("example.com:8080", false, "http://example.com:8080/a?b"),
            ("[::1]:80", false, "http://[::1]:80/a?b"), ("evil.example/x?", true, nil), ("a b", true, nil),
            ("", true, nil),
            ("user@evil.example", true, nil),
        ] as [(String, Bool, String?)]
    )
    func `an absolute URL has the scheme and host of the request`(host: String, isSecure: Bool, url: String?) throws {
        var request = try Exchange().request("/", [:])
        let name = try #require(HTTPField.Name("Host"))
        request.headers[name] = host
        request.peer.isSecure = isSecure
        #expect(request.absoluteURL("/a?b") == url)
    }

    @Test func `the address of the client has no port`() throws {
        var request = try Exchange().request("/", [:])
        #expect(request.clientAddress == nil)
        request.peer.address = try SocketAddress(ipAddress: "192.0.2.1", port: 5)
        #expect(request.clientAddress == "192.0.2.1")
        #expect(request.scheme == "http")
    }

    @Test(arguments: [
        ("example.com", 200), ("EXAMPLE.com:80", 200), ("a.example.org", 200), ("a.b.example.org", 200),
        ("example.org", 400), ("evil.example", 400), ("example.com.evil.example", 400), ("aexample.org", 400),
        ("", 400),
        ("example.com\u{301}", 400),
    ])
    func `a foreign host is refused`(host: String, status: Int) async throws {
        var routes = Routes()
        routes.use(TrustedHosts(["example.com", "*.example.org"]))
        routes.get("/") { _ in "in" }
        let name = try #require(HTTPField.Name("Host"))
        #expect(try await ask(routes, "/", [name: host]).status.code == status)
    }

    @Test func `a request with several hosts is refused, also if each is trusted`() async throws {
        var routes = Routes()
        routes.use(TrustedHosts(["example.com"]))
        routes.get("/") { _ in "in" }
        let name = try #require(HTTPField.Name("Host"))
        var fields: HTTPFields = [name: "example.com"]
        fields.append(HTTPField(name: name, value: "example.com"))
        #expect(try await ask(routes, "/", fields).status == .badRequest)
    }
}
