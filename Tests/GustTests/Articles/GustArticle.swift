import Gust
import GustTesting
import Testing

/// The snippets of `Gust.md`, the page that the documentation begins with.
@Suite(.leavesNothing) struct GustArticle {
    func hello() -> Application {
        var app = Application()
        app.get("/hello/:name") { (_, name: String) in "Hello, \(name)" }

        let io = SocketIO()
        io.onConnect { socket in
            socket.on("sum") { (a: Int, b: Int) in a + b }
        }
        app.add(io.routes())
        return app
    }

    func serve() async throws {
        try await hello().run(port: 8080)
    }

    @Test func `one client requests a page and emits an event for a sum`() async throws {
        let client = TestClient(try hello().router())
        #expect(try await client.get("/hello/Ada").text == "Hello, Ada")
        let socket = try await client.open()
        #expect(try await socket.emitWithAcknowledgement("sum", 1, 2) == ["3"])
    }
}
