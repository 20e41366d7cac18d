import Gust
import GustTesting
import Synchronization
import Testing

/// Connections without a poll end when their server stops.
@Suite(.leavesNothing) struct StoppedServerTests {
    /// Between two polls, the end of a connection can't be sent to the client: it would wait for the next poll.
    @Test(arguments: ["xhr-polling//1", "?EIO=3&transport=polling", "1/xhr-polling/SID"])
    func `a connection between two polls ends with its server, and its handlers are called`(tail: String) async throws {
        var settings = SocketIOSettings()
        // On a busy machine, more time than the usual deadline may pass until the server stops.
        settings.closeTimeout = .seconds(600)
        let io = SocketIO(settings)
        let ends = Mutex<[CloseReason]>([])
        io.onConnect { socket in socket.onDisconnect { reason in ends.withLock { $0.append(reason) } } }
        var app = Application()
        app.add(io.routes())
        try await TestClient.with(try app.router(), at: .tcp) { client async throws in
            var path = "/socket.io/\(tail)"
            if tail.hasSuffix("SID") {
                let sid = try await client.get("/socket.io/1/").text.prefix { $0 != ":" }
                path = path.replacing("SID", with: sid)
            }
            #expect(try await client.get(path).status == .ok)
            #expect(io.connectionCount == 1)
        }
        #expect(ends.withLock { $0 } == [.serverShuttingDown])
        #expect(io.connectionCount == 0)
    }
}
