import Gust
import GustTesting
import Testing

/// The snippets of `Handlers.md`.
@Suite struct HandlersArticle {
    struct Countdown: Handler {
        let start: Int

        func answer(_ request: Request) -> Answer {
            .ready(Response((1...start).reversed().map(String.init).joined(separator: " ")))
        }
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
