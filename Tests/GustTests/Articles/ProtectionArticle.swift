import Gust
import GustTesting
import GustWeb
import Testing

/// The snippets of `Protection.md`.
@Suite(.leavesNothing) struct ProtectionArticle {
    @Test func `middleware in the usual order answers pages`() async throws {
        var app = Application()
        app.use(try TrustedProxies(["10.0.0.0/8"], reading: .xForwarded(.for, .proto)))
        app.use(AccessLog(app.logger))
        app.use(Except("/health", use: LoadShedding(above: .milliseconds(250))))
        app.use(RateLimit(300, per: .seconds(60)))
        app.use(SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}' 'strict-dynamic'; object-src 'none'"))
        app.use(ResponseCache())
        app.use(EntityTags())
        app.use(Compress())
        app.use(Decompress(upTo: 10 << 20))
        app.get("/") { _ in String(repeating: "tea ", count: 1_000) }
        let client = TestClient(try app.router())
        let first = try await client.get("/", headers: [.acceptEncoding: "gzip"])
        #expect(first.headers[.contentEncoding] == "gzip")
        let tag = try #require(first.headers[.eTag])
        let second = try await client.get("/", headers: [.acceptEncoding: "gzip", .ifNoneMatch: tag])
        #expect(second.status == .notModified)
        #expect(second.headers[.contentSecurityPolicy] == nil)
    }

    @Test func `requests and events count together`() async throws {
        var app = Application()
        let io = SocketIO()
        let posts = RateLimit(20, per: .seconds(3_600), burst: 5) { $0.headers[.authorization] }
        app.post("/messages", through: posts) { _ in "posted" }

        let limit = RateLimit(100, per: .seconds(60))
        app.use(limit)
        io.onConnect { socket in
            let client = socket.handshake.network ?? socket.id
            socket.use { event in
                guard limit.take(client).isAllowed else { return event.drop() }
            }
            socket.on("count") { "counted" }
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        client.setHeaders([.authorization: "ada"])
        for _ in 0..<5 { #expect(try await client.post("/messages", body: "").text == "posted") }
        let refused = try await client.post("/messages", body: "")
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.retryAfter].flatMap { Int($0) }.map { 1...180 ~= $0 } == true)
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement("count") == [#""counted""#])
    }

    @Test func `reports are limited`() async throws {
        var app = Application()
        app.group("/reports", through: ConcurrencyLimit(4, waiting: 20, atMost: .seconds(2))) { reports in
            reports.get("/:year") { (_, year: Int) async in "report of \(year)" }
        }
        #expect(try await TestClient(try app.router()).get("/reports/2026").text == "report of 2026")
    }

    @Test func `prices are cached`() async throws {
        var app = Application()
        app.group("/prices", through: ResponseCache(maximumSize: 16 << 20)) { prices in
            prices.get("/today") { request in
                var response = try JSON(["tea": 3]).response(for: request)
                response.headers[.cacheControl] = "public, max-age=60"
                return response
            }
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/prices/today").headers[.age] == nil)
        let again = try await client.get("/prices/today")
        #expect(again.text == #"{"tea":3}"#)
        #expect(again.headers[.age] == "0")
    }

    @Test func `a page has the nonce of its policy`() async throws {
        var app = Application()
        app.use(SecureHeaders(contentSecurityPolicy: "script-src 'nonce-{nonce}'"))
        app.get("/page") { request in
            HTML("<script nonce=\"\(request.contentSecurityNonce ?? "")\">start()</script>")
        }
        let page = try await TestClient(try app.router()).get("/page")
        let policy = try #require(page.headers[.contentSecurityPolicy])
        let nonce = policy.dropFirst("script-src 'nonce-".count).dropLast()
        #expect(page.text == "<script nonce=\"\(nonce)\">start()</script>")
    }

    @Test func `one of two ways leads into the administration`() async throws {
        var app = Application()
        let key = "open sesame"
        let office = Every(
            try AddressRestriction(allowing: ["10.0.0.0/8", "2001:db8::/32"]),
            BasicAuthentication(realm: "Admin", users: ["ada": "secret"])
        )
        let members = AnyOf(BearerAuthentication(tokens: [key]), office)
        app.group("/admin", through: Except("/admin/login", use: members)) { admin in
            admin.get("/users") { _ in "users" }
            admin.get("/login") { _ in "login" }
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/admin/users").status == .forbidden)
        #expect(try await client.get("/admin/login").text == "login")
        client.setHeaders([.authorization: "Bearer open sesame"])
        #expect(try await client.get("/admin/users").text == "users")
    }

    @Test func `durations are sent to those who may see them`() async throws {
        var app = Application()
        app.use(ServerTiming { $0.clientAddress == "127.0.0.1" })
        app.get("/timed") { request in
            let rows = request.timing.measure("db") { [1, 2, 3] }
            return request.timing.measure("page") { "\(rows.count) rows" }
        }
        let name = try #require(HTTPField.Name("Server-Timing"))
        #expect(try await TestClient(try app.router()).get("/timed").headers[name] == nil)
        try await TestClient.with(app.router(), at: .tcp) { client in
            let timing = try await client.get("/timed").headers[name]
            #expect(timing?.hasPrefix("db;dur=") == true)
        }
    }

    @Test func `a greeting is in the visitor's language`() async throws {
        var app = Application()
        app.use(LanguageChoice(["en", "de", "pt-BR"], cookie: "language", query: "lang"))
        app.get("/greeting") { request in
            switch request.language {
            case "de": "Guten Tag"
            case "pt-BR": "Bom dia"
            default: "Good morning"
            }
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/greeting", headers: [.acceptLanguage: "pt"]).text == "Bom dia")
        #expect(try await client.get("/greeting?lang=de").text == "Guten Tag")
    }
}
