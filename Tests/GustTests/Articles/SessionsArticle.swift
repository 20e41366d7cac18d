import Gust
import GustTesting
import Testing

/// The snippets of `Sessions.md`.
@Suite struct SessionsArticle {
    @Test func `a session counts, and is kept when it is told to`() async throws {
        var settings = SocketIOSettings()
        settings.sessionStore = MemorySessionStore(capacity: 100_000, lifetime: .seconds(24 * 3_600))
        let io = SocketIO(settings)
        io.onConnect { socket in
            socket.on("count") { () throws -> Int in
                let count = try socket.session.value(Int.self, for: "count") ?? 0
                try socket.session.set(count + 1, for: "count")
                return count + 1
            }
            socket.on("keep") { () async throws in
                try await socket.session.save()
            }
        }
        var app = Application()
        app.add(io.routes())
        let socket = try await TestClient(try app.router()).open()
        #expect(try await socket.emitWithAcknowledgement("count") == ["1"])
        #expect(try await socket.emitWithAcknowledgement("count") == ["2"])
        #expect(try await socket.emitWithAcknowledgement("keep") == [])
        #expect((settings.sessionStore as? MemorySessionStore)?.count == 1)
    }
}
