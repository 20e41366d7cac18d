import Gust
import GustSessions
import GustTesting
import GustWeb
import Testing

/// The snippets of `Middlewares.md`.
@Suite(.leavesNothing) struct MiddlewaresArticle {
    struct Stamp: Middleware {
        let text: String

        func answer(_ request: Request, next: any Handler) -> Answer {
            next.answer(request).map { response in
                var response = response
                response.headers[.server] = text
                return response
            }
        }
    }

    @Test func `a form sends another method than POST`() async throws {
        var app = Application()
        app.use(MethodOverride())
        app.delete("/notes/:id") { (_, id: Int) in "note \(id) is deleted" }
        let response = try await TestClient(try app.router()).post(
            "/notes/7",
            headers: [.contentType: "application/x-www-form-urlencoded"],
            body: "_method=delete"
        )
        #expect(response.text == "note 7 is deleted")
    }

    @Test func `a closure refuses requests for pages and for Socket.IO`() async throws {
        var app = Application()
        app.use { request, next in
            guard request.headers[.authorization] == "Bearer open sesame" else { throw HTTPError(.unauthorized) }
            return try await next.respond(to: request)
        }
        app.get("/") { _ in "inside" }
        app.add(SocketIO().routes())
        let client = TestClient(try app.router())
        #expect(try await client.get("/").status == .unauthorized)
        await #expect(throws: TestError.self) { try await client.open() }
        client.setHeaders([.authorization: "Bearer open sesame"])
        #expect(try await client.get("/").text == "inside")
        _ = try await client.open()
    }

    @Test func `a middleware type adds a field to every response`() async throws {
        var app = Application()
        app.use(Stamp(text: "gust"))
        app.group("/admin", through: Stamp(text: "gust")) { admin in
            admin.get("/users") { _ in "nobody yet" }
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/admin/users").headers[.server] == "gust")
    }

    @Test func `a group's middleware is around the router's own responses below its prefix`() async throws {
        var app = Application()
        let pages = ErrorPages(app.logger) { error, _ in JSON(["error": error.message]) }
        app.group("/api", through: CORS(.list(["https://example.com"])), pages) { api in
            api.get("/users/:id") { (_, id: Int) in "user \(id)" }
        }
        let client = TestClient(try app.router())
        client.setHeaders([.origin: "https://example.com"])
        for path in ["/api", "/api/zz", "/api/users/x"] {
            let lost = try await client.get(path)
            #expect(lost.text == #"{"error":"Not Found"}"#)
            #expect(lost.headers[.accessControlAllowOrigin] == "https://example.com")
        }
        #expect(try await client.get("/apix").headers[.accessControlAllowOrigin] == nil)
        let allowed = try await client.execute(.options, "/api/users/7")
        #expect(allowed.headers[.allow] == "GET, HEAD, OPTIONS")
        #expect(allowed.headers[.accessControlAllowOrigin] == "https://example.com")
    }

    @Test func `the stock middleware works together`() async throws {
        var app = Application()
        app.use(AccessLog(app.logger))
        app.use(SecureHeaders())
        app.use(CSRF())
        app.use(CORS(.list(["https://example.com"]), allowsCredentials: true))
        app.use(Compress())
        app.get("/") { _ in String(repeating: "tea ", count: 1_000) }
        let client = TestClient(try app.router())
        let response = try await client.get("/", headers: [.origin: "https://example.com", .acceptEncoding: "gzip"])
        #expect(response.headers[.accessControlAllowOrigin] == "https://example.com")
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        #expect(response.headers[.contentEncoding] == "gzip")
    }

    @Test(arguments: [
        ("https://shop.example.com", "https://shop.example.com"), ("http://shop.example.com", nil),
        ("https://example.org", nil),
    ])
    func `a closure decides which origins may read responses`(origin: String, allowed: String?) async throws {
        var app = Application()
        let partners = CORS(
            .matching { origin in origin.utf8.starts(with: "https://".utf8) && origin.hasSuffix(".example.com") },
            methods: ["GET"],
            headers: ["Content-Type"],
            exposedHeaders: ["X-Request-Id"],
            allowsCredentials: true,
            maximumAge: .seconds(600)
        )
        app.group("/partners", through: partners) { group in
            group.get("/prices") { _ in "none" }
        }
        let client = TestClient(try app.router())
        let response = try await client.get("/partners/prices", headers: [.origin: origin])
        #expect(response.headers[.accessControlAllowOrigin] == allowed)
        #expect(response.headers[.accessControlExposeHeaders] == (allowed == nil ? nil : "X-Request-Id"))
    }

    @Test func `a signed value can't be changed`() async throws {
        let oldSecret = String(repeating: "old secret", count: 4)
        let secret = String(repeating: "new secret", count: 4)
        var app = Application()
        let signer = ValueSigner(try SigningKeys([1: oldSecret, 2: secret]), purpose: "unsubscribe")
        app.get("/link") { request in "/unsubscribe?who=\(signer.sign(request.query["who"] ?? ""))" }
        app.get("/unsubscribe") { request in
            guard let who = signer.open(request.query["who"] ?? "", maximumAge: .seconds(86_400)) else {
                throw HTTPError(.forbidden, "the link is invalid or too old")
            }
            return "\(who) gets no more mail"
        }
        let client = TestClient(try app.router())
        let link = try await client.get("/link?who=ada").text
        #expect(try await client.get(link).text == "ada gets no more mail")
        #expect(try await client.get("\(link)x").status == .forbidden)
        let old = ValueSigner(try SigningKeys([1: oldSecret]), purpose: "unsubscribe").sign("bob")
        #expect(try await client.get("/unsubscribe?who=\(old)").text == "bob gets no more mail")
        let other = ValueSigner(.random(), purpose: "unsubscribe").sign("eve")
        #expect(try await client.get("/unsubscribe?who=\(other)").status == .forbidden)
    }

    @Test func `a proxy's field names the client`() async throws {
        var app = Application()
        app.use(try TrustedProxies(["10.0.0.0/8", "unix"], reading: .forwarded(.for, .proto, .host)))
        app.get("/peer") { request in
            "\(request.peer.address?.ipAddress ?? "unknown"), \(request.isSecure ? "TLS" : "no TLS")"
        }
        // A request in memory has no address, as one through a Unix socket.
        let client = TestClient(try app.router())
        #expect(try await client.get("/peer").text == "unknown, no TLS")
        let forwarded = try #require(HTTPField.Name("Forwarded"))
        let response = try await client.get("/peer", headers: [forwarded: "for=192.0.2.1;proto=https"])
        #expect(response.text == "192.0.2.1, TLS")
    }

    @Test func `middleware in front of error pages gets them as responses`() async throws {
        var app = Application()
        app.use(SecureHeaders())
        let pages = ErrorPages(app.logger) { error, _ in
            HTML("<h1>\(error.status.code)</h1><p>\(error.message)</p>")
        }
        app.use(pages)
        app.get("/") { _ in "home" }
        let client = TestClient(try app.router())
        let lost = try await client.get("/lost")
        #expect(lost.status == .notFound)
        #expect(lost.text == "<h1>404</h1><p>Not Found</p>")
        #expect(lost.headers[.xContentTypeOptions] == "nosniff")
        #expect(try await client.post("/", body: "").text == "<h1>405</h1><p>Method Not Allowed</p>")
    }

    @Test func `a password protects pages and sockets`() async throws {
        var app = Application()
        app.group("/admin", through: BasicAuthentication(realm: "Admin", users: ["ada": "secret"])) { admin in
            admin.get("/") { request in "hello, \(request.storage[BasicAuthentication.User.self] ?? "")" }
            admin.add(SocketIO().routes())
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/admin/").status == .unauthorized)
        await #expect(throws: TestError.self) { try await client.open("/admin/socket.io") }
        // ada:secret
        client.setHeaders([.authorization: "Basic YWRhOnNlY3JldA=="])
        #expect(try await client.get("/admin/").text == "hello, ada")
        _ = try await client.open("/admin/socket.io")
    }
}
