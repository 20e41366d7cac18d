import Gust
import GustTesting
import GustWeb
import InMemoryLogging
import Logging
import Testing

@testable import GustDevelopment

/// A developer sees what failed; a visitor doesn't.
@Suite struct ErrorPageTests {
    @Test func `an unexpected error is shown to a browser with route and captures, and escaped`() async throws {
        let desk = try Desk()
        let response = try await desk.client.get("/tickets/7?page=2", headers: Desk.browser)
        #expect(response.status == .internalServerError)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(response.headers[.cacheControl] == "no-store")
        let page = response.text
        #expect(page.contains("the &lt;pump&gt; has &quot;failed&quot;"))
        #expect(!page.contains("<pump>"))
        #expect(page.contains("GustDevelopmentTests.Desk.Broken"))
        #expect(page.contains("<code>/tickets/:id</code>"))
        #expect(page.contains("<code>GustDevelopmentTests/Desk.swift:"))
        #expect(
            page.contains("<th>Capture 0</th><td><code>7</code>")
                || page.contains("<th>Capture id</th><td><code>7</code>")
        )
        #expect(page.contains("<th>page</th><td><code>2</code>"))
        #expect(desk.logs.entries.contains { "\($0.metadata["error"] ?? "")" == "the <pump> has \"failed\"" })
    }

    @Test func `an error of an async handler is shown too`() async throws {
        let response = try await Desk().client.get("/later", headers: Desk.browser)
        #expect(response.status == .internalServerError)
        #expect(response.text.contains("the &lt;pump&gt;"))
    }

    @Test func `the router's 404 names the routes that are alike, the nearest first`() async throws {
        let response = try await Desk().client.get("/setings", headers: Desk.browser)
        #expect(response.status == .notFound)
        let page = response.text
        #expect(page.contains("no route matches this path"))
        #expect(page.contains("<code>/settings</code></td><td><code>is alike</code>"))
        #expect(!page.contains("<code>/tickets/:id</code>"))
    }

    @Test func `a capture of the wrong type is named as the reason`() async throws {
        let response = try await Desk().client.get("/tickets/seven")
        #expect(response.status == .notFound)
        #expect(response.text.contains("GET /tickets/:id"))
        #expect(response.text.contains("a capture can't be converted"))
    }

    @Test func `a 405 names the routes of other methods and keeps Allow`() async throws {
        let response = try await Desk().client.get("/tickets", headers: Desk.browser)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "OPTIONS, POST")
        #expect(
            response.text.contains(
                "<code>POST</code></td><td><code>/tickets</code></td><td><code>answers other methods"
            )
        )
    }

    @Test func `a slash at the end is named as the reason`() async throws {
        let response = try await Desk().client.get("/settings/")
        #expect(response.text.contains("differs by the slash at the end"))
    }

    @Test func `a client that prefers JSON gets a problem document`() async throws {
        let response = try await Desk().client.get("/tickets/7", headers: [.accept: "application/json"])
        #expect(response.status == .internalServerError)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.text.contains(#""type":"GustDevelopmentTests.Desk.Broken""#))
        #expect(response.text.contains(#""status":500"#))
        #expect(
            response.text.contains(#""pattern":"\/tickets\/:id""#)
                || response.text.contains(#""pattern":"/tickets/:id""#)
        )
    }

    @Test func `a client that accepts anything gets plain text`() async throws {
        let response = try await Desk().client.get("/tickets/7", headers: [.accept: "*/*"])
        #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(response.text.contains("GustDevelopmentTests.Desk.Broken: the <pump> has \"failed\""))
    }

    @Test func `secrets in fields and in the query are hidden`() async throws {
        var headers = Desk.browser
        headers[.cookie] = "session=tasty"
        headers[.authorization] = "Bearer bear"
        headers[try #require(HTTPField.Name("X-Api-Key"))] = "keyhole"
        headers[.userAgent] = "visible"
        let page = try await Desk().client.get("/tickets/7?reset_token=hush&tea=green", headers: headers).text
        for secret in ["tasty", "bear<", "Bearer", "keyhole", "hush"] { #expect(!page.contains(secret)) }
        #expect(
            page.contains("<th>Cookie</th><td><code>(hidden)</code>")
                || page.contains("<th>cookie</th><td><code>(hidden)</code>")
        )
        for text in ["visible", "green"] { #expect(page.contains(text)) }
    }

    @Test func `an error that a handler has chosen keeps its answer`() async throws {
        let response = try await Desk().client.get("/tickets/0", headers: Desk.browser)
        #expect(response.status == .notFound)
        #expect(response.text == "no such ticket")
    }

    @Test func `the page comes in front of the application's own pages, wherever they are added`() async throws {
        let desk = try Desk { app in app.use(ErrorPages(app.logger) { error, _ in "own \(error.status.code)" }) }
        #expect(try await desk.client.get("/tickets/7").text.contains("Desk.Broken"))
        #expect(try await desk.client.get("/tickets/0").text == "own 404")
        let own = try Desk(Development(isOn: true, showsErrors: false)) { app in
            app.use(ErrorPages(app.logger) { error, _ in "own \(error.status.code)" })
        }
        #expect(try await own.client.get("/tickets/7").text == "own 500")
    }

    @Test(arguments: ["/tickets/7", "/later", "/setings", "/tickets"])
    func `without the mode nothing of it is sent`(path: String) async throws {
        let response = try await Desk(Development(isOn: false)).client.get(path, headers: Desk.browser)
        for text in ["pump", "Broken", "Desk.swift", "/settings", "/tickets/:id", "_gust", "<"] {
            #expect(!response.text.contains(text))
        }
    }

    @Test(arguments: [
        ("Host", "example.com"), ("Host", "127.0.0.1.example.com"), ("Forwarded", "for=192.0.2.1"),
        ("X-Forwarded-For", "192.0.2.1"),
    ])
    func `another machine, as a tunnel and a foreign name show it, gets nothing of it`(
        name: String,
        value: String
    ) async throws {
        var headers = Desk.browser
        headers[try #require(HTTPField.Name(name))] = value
        let desk = try Desk()
        #expect(!(try await desk.client.get("/tickets/7", headers: headers).text.contains("pump")))
        #expect(!(try await desk.client.get("/", headers: headers).text.contains("_gust")))
        let open = try Desk(Development(isOn: true, audience: .everybody))
        #expect(try await open.client.get("/tickets/7", headers: headers).text.contains("pump"))
    }

    @Test(arguments: [
        ("localhost", true), ("app.localhost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("[::1]", true),
        ("", true),
        ("127.0.0.1.nip.io", false), ("localhost.example.com", false), ("notlocalhost", false), ("10.0.0.1", false),
    ])
    func `names and addresses of this machine are known`(host: String, isLocal: Bool) {
        #expect(Development.Audience.isLocal(host) == isLocal)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("::1", true), ("::ffff:127.0.0.1", true), ("192.168.1.2", false), ("fe80::1", false),
    ])
    func `peers on this machine are known`(address: String, isLoopback: Bool) throws {
        #expect(Development.Audience.isLoopback(try SocketAddress(ipAddress: address, port: 1)) == isLoopback)
    }

    @Test(arguments: [TestDepth.memory, .tcp])
    func `clients of Socket.IO notice nothing of the mode`(depth: TestDepth) async throws {
        var app = Application(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        app.use(Development(isOn: true))
        let io = SocketIO(logger: app.logger)
        io.onConnect { socket in socket.on("say") { (text: String) in text.utf8.count } }
        app.add(io.routes())
        try await TestClient.with(try app.router(), at: depth) { client async throws in
            let socket = try await client.open()
            #expect(try await socket.emitWithAcknowledgement("say", "hello") == ["5"])
        }
    }

    @Test func `the mode is logged, so that nobody overlooks it on a server`() throws {
        #expect(try Desk().logs.entries.contains { "\($0.message)".contains("development mode") })
        #expect(try Desk(Development(isOn: false)).logs.entries.isEmpty)
    }
}
