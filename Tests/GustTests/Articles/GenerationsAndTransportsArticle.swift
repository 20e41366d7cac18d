import Gust
import GustTesting
import Testing

/// The snippets of `GenerationsAndTransports.md`.
@Suite(.leavesNothing) struct GenerationsAndTransportsArticle {
    private func application(_ io: SocketIO) -> Application {
        io.onConnect { socket in
            if socket.revision == .socketIO06 {
                socket.send("hello, \(socket.transport)")
            } else {
                socket.emit("news", "hello")
            }
        }
        var app = Application()
        app.add(io.routes())
        return app
    }

    @Test func `the drafts of WebSocket are accepted unless they are turned off`() {
        #expect(HTTPServer.Configuration().acceptsWebSocketDrafts)
        var configuration = HTTPServer.Configuration(port: 8080)
        configuration.acceptsWebSocketDrafts = false
        #expect(!configuration.acceptsWebSocketDrafts)
    }

    @Test func `each generation gets its own greeting`() async throws {
        let client = TestClient(try application(SocketIO()).router())
        let new = try await client.open()
        #expect(try await new.next() == .event("news", [#""hello""#]))
        let old = try await client.open(over: .xhrPolling, speaking: .socketIO06)
        #expect(try await old.next() == .message(.text("hello, xhr-polling")))
    }

    @Test func `a generation or transport that is turned off is refused`() async throws {
        var settings = SocketIOSettings()
        settings.revisions = [.engineIO4, .engineIO3]
        settings.transports = ["websocket"]
        let io = SocketIO(settings)
        let client = TestClient(try application(io).router())
        _ = try await client.open(speaking: .engineIO3)
        await #expect(throws: TestError.self) { try await client.open(over: .polling) }
        await #expect(throws: TestError.self) { try await client.open(speaking: .socketIO09) }
    }
}
