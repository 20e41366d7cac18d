import Gust
import GustTesting
import GustWeb
import Testing

/// The snippets of `Handlers.md`.
@Suite struct HandlersArticle {
    struct Countdown: Handler {
        let start: Int

        func answer(_ request: Request) -> Answer {
            .ready(Response((1...start).reversed().map(String.init).joined(separator: " ")))
        }
    }

    struct Plain: TemplateRenderer {
        let pages: [String: String]

        func render(_ name: String, _ values: [String: any Sendable]) throws -> HTML {
            HTML((pages[name] ?? "").replacing("TITLE", with: "\(values["title"] ?? "")"))
        }

        func problem(with name: String) -> String? {
            pages[name] == nil ? "there is no page \"\(name)\"" : nil
        }
    }

    @Test func `a template engine renders pages, and reports a page that it doesn't have`() async throws {
        var app = Application()
        let plain = Plain(pages: ["about": "<h1>TITLE</h1>"])
        app.get("/about", use: .template("about", from: plain, ["title": "About"]))
        #expect(try await TestClient(try app.router()).get("/about").text == "<h1>About</h1>")
        app.get("/contact", use: .template("contact", from: plain))
        let error = #expect(throws: RoutesError.self) { try app.router() }
        #expect(error?.description.contains("there is no page \"contact\"") == true)
    }

    @Test func `a WebSocket is closed with the code for the reason`() async throws {
        var app = Application()
        app.webSocket("/chat", maximumMessageSize: 64 << 10) { webSocket, events in
            events.onText = { text in
                guard text.readableBytes > 0 else { return webSocket.close(code: .policyViolation, reason: "empty") }
                webSocket.send(text: text)
            }
            events.onBinary = { _ in webSocket.close(code: .unsupportedData, reason: "text only") }
            events.onClose = { closure in print("closed", closure.code?.rawValue ?? 0, closure.isClean) }
        }
        let client = TestClient(try app.router())
        let ada = try await client.webSocket("/chat")
        try await ada.send("hello")
        #expect(try await ada.next() == .text("hello"))
        try await ada.send("")
        #expect(try await ada.next() == .close(.policyViolation))
        let bob = try await client.webSocket("/chat")
        try await bob.send(ByteBuffer(bytes: [1]))
        #expect(try await bob.next() == .close(.unsupportedData))
    }

    @Test func `while reading is paused, messages wait`() async throws {
        var app = Application()
        app.webSocket("/jobs") { webSocket, events in
            events.onText = { text in
                webSocket.pauseReading()
                let bound = NIOLoopBound(webSocket, eventLoop: webSocket.eventLoop)
                webSocket.eventLoop.scheduleTask(in: .milliseconds(10)) {
                    bound.value.send("done: \(String(buffer: text))")
                    bound.value.resumeReading()
                }
            }
        }
        let client = TestClient(try app.router())
        let socket = try await client.webSocket("/jobs")
        for text in ["a", "b"] { try await socket.send(text) }
        #expect(try await socket.nextIfAny() == nil)
        await client.advance(by: .milliseconds(10))
        #expect(try await socket.nextIfAny() == .text("done: a"))
        #expect(try await socket.nextIfAny() == nil)
        await client.advance(by: .milliseconds(10))
        #expect(try await socket.nextIfAny() == .text("done: b"))
    }

    @Test func `a handler decides whether to upgrade`() async throws {
        var app = Application()
        app.get("/graph") { request in
            guard request.query["key"] == "tea" else { throw HTTPError(.forbidden) }
            let upgrade = WebSocketUpgrade(subprotocol: "graphql-transport-ws") { webSocket, events in
                events.onText = { webSocket.send(text: $0) }
            }
            return Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
        let client = TestClient(try app.router())
        #expect(try await client.get("/graph").status == .forbidden)
        let socket = try await client.webSocket("/graph?key=tea")
        try await socket.send("hello")
        #expect(try await socket.next() == .text("hello"))
    }

    @Test func `closures answer immediately or later, and types are handlers too`() async throws {
        var app = Application()
        app.get("/now") { _ in "at once" }
        app.post("/later") { request in
            let body = try await request.body.collect()
            return "\(body.readableBytes) bytes later"
        }
        app.get("/countdown", use: Countdown(start: 3))
        let client = TestClient(try app.router())
        #expect(try await client.get("/now").text == "at once")
        #expect(try await client.post("/later", body: "tea").text == "3 bytes later")
        #expect(try await client.get("/countdown").text == "3 2 1")
    }

    @Test func `blocking work runs off the loop`() async throws {
        @Sendable func slowHash(_ password: String) -> Int { password.utf8.count }
        var app = Application()
        app.post("/signup") { request in
            let form = try await request.form()
            let password = form["password"] ?? ""
            let hash = try await request.offload { slowHash(password) }
            return "kept \(hash)"
        }
        let client = TestClient(try app.router())
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        #expect(try await client.post("/signup", headers: headers, body: "password=tea").text == "kept 3")
    }

    @Test func `files and WebSockets are handlers`() async throws {
        var app = Application()
        app.get(#"/static/(?P<path>.+)"#, use: .files("public"))
        app.webSocket("/echo") { webSocket, events in
            events.onText = { webSocket.send(text: $0) }
        }
        let client = TestClient(try app.router())
        let socket = try await client.webSocket("/echo")
        try await socket.send("hello")
        #expect(try await socket.next() == .text("hello"))
        #expect(try await client.get("/static/..").status == .notFound)
    }
}
