import Gust
import GustSessions
import GustTesting
import GustWeb
import Synchronization
import Testing

/// The snippets of `ComingFromTornado.md`.
@Suite(.leavesNothing) struct ComingFromTornadoArticle {
    @Test func `groups are arguments, and only somebody who has signed in writes`() async throws {
        let client = TestClient(try diary(keys: .random()).router())
        #expect(try await client.get("/hello/Ada").text == "Hello, Ada")
        #expect(try await client.get("/entries/x").status == .notFound)
        let response = try await client.post("/entries/7", form: ["text": "tea"])
        #expect(response.status == .unauthorized)
    }

    @Test func `a WebSocket is a route`() async throws {
        let client = TestClient(try diary(keys: .random()).router())
        let socket = try await client.webSocket("/echo")
        try await socket.send("hello")
        #expect(try await socket.next() == .text("hello"))
        try await socket.close(.normalClosure)
    }
}

private let entries = Mutex<[Int: String]>([:])

private func store(_ number: Int, _ text: String) throws {
    entries.withLock { $0[number] = text }
}

func diary(keys: SigningKeys) throws -> Application {
    var app = Application()
    app.use(try Sessions(keys: keys))
    app.get("/hello/([^/]+)") { (_, name: String) in "Hello, \(name)" }
    app.get("/entries/([0-9]+)", name: "entry") { (_, number: Int) in "entry \(number)" }
    app.post("/entries/([0-9]+)", through: RequireSession(signIn: "/login")) {
        (request: Request, number: Int) async throws in
        let text = try await request.form()["text"] ?? ""
        try await request.offload { try store(number, text) }
        return Response.redirect(to: try request.url(for: "entry", ["0": number]))
    }
    app.webSocket("/echo") { socket, events in
        events.onText = { socket.send(text: $0) }
    }
    app.get(#"/static/(?P<path>.+)"#, use: .files("public"))
    return app
}
