import Gust
import GustTesting
import Testing

/// `EngineIO`: messages without Socket.IO's events.
@Suite(.leavesNothing) struct EngineIOTests {
    private let client: TestClient
    private let engine = EngineIO()

    init() throws {
        engine.onConnect { socket in
            socket.onMessage { message in socket.send(message) }
        }
        var app = Application()
        app.add(engine.routes("engine.io"))
        client = TestClient(try app.router())
    }

    @Test(arguments: ["3", "4"])
    func `a bare Engine.IO message is echoed unchanged`(version: String) async throws {
        let webSocket = try await client.webSocket("/engine.io/?EIO=\(version)&transport=websocket")
        guard case .text(let open) = try await webSocket.next() else { throw TestError.closed }
        #expect(open.hasPrefix(#"0{"sid":""#))
        // 4: message. A Socket.IO server would parse the text after it as a packet and refuse it.
        try await webSocket.send("4[not a packet")
        #expect(try await webSocket.next() == .text("4[not a packet"))
    }

    @Test func `a bare Engine.IO endpoint does not serve generations without Engine.IO`() async throws {
        #expect(try await client.get("/engine.io/1/").status != .ok)
        #expect(try await client.get("/engine.io/xhr-polling//1").status != .ok)
    }

    @Test func `the statistics count the connections of a bare Engine.IO server`() async throws {
        let webSocket = try await client.webSocket("/engine.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        #expect(engine.statistics.liveConnections == 1)
        try await webSocket.close()
        await client.settle()
        #expect(engine.statistics.liveConnections == 0)
    }
}
