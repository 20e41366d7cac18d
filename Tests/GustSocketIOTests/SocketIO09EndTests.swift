import GustHTTP
import GustTesting
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// The ends of connections of 0.9 that the server's code did not cause.
///
/// A client of 0.9 does not reconnect after `0::`. Clients of later revisions reconnect if the transport
/// is closed without a disconnect by the server's code; a client of 0.9 that receives `7:::1+0` does the
/// same half a second later.
@Suite(.leavesNothing) struct SocketIO09EndTests {
    private static let again = "7:::1+0"

    /// Makes an endpoint and a client, and announces a connection.
    private func open(
        _ settings: SocketIOSettings = SocketIOSettings()
    ) async throws -> (SocketIO, TestClient, String) {
        let io = SocketIO(settings)
        io["/"].on("flood") { (socket: Socket) in
            for number in 0..<10 { socket.emit("x", number) }
        }
        let client = TestClient(EndpointHarness(io))
        let sid = String(try await client.get("/socket.io/1/").text.prefix { $0 != ":" })
        return (io, client, sid)
    }

    private func openPolling(_ settings: SocketIOSettings) async throws -> (SocketIO, TestClient, String) {
        let (io, client, sid) = try await open(settings)
        let path = "/socket.io/1/xhr-polling/\(sid)"
        #expect(try await client.get(path).text == "1::")
        return (io, client, path)
    }

    private static var hurried: SocketIOSettings {
        var settings = SocketIOSettings()
        settings.eventRate = EventRate(perSecond: 1, burst: 1)
        return settings
    }

    @Test(arguments: ["5:::{", "\u{FFFD}9\u{FFFD}3:::a", "x"])
    func `a client that sends an invalid packet is told to reconnect`(body: String) async throws {
        let (io, client, path) = try await openPolling(SocketIOSettings())
        let poll = try await client.start(.get, path)
        _ = try await client.post(path, body: body)
        #expect(try await poll.response().text == Self.again)
        #expect(io.connectionCount == 0)
    }

    @Test func `a client that sends an invalid packet over WebSocket is told to reconnect`() async throws {
        let (io, client, sid) = try await open()
        let socket = try await client.webSocket("/socket.io/1/websocket/\(sid)")
        #expect(try await socket.next() == .text("1::"))
        try await socket.send("5:::{")
        #expect(try await socket.next() == .text(Self.again))
        #expect(try await socket.next() == .close(nil))
        #expect(io.connectionCount == 0)
    }

    @Test func `a client that exceeds the event rate is told to reconnect`() async throws {
        let (io, client, path) = try await openPolling(Self.hurried)
        let poll = try await client.start(.get, path)
        for _ in 0..<2 { _ = try await client.post(path, body: "3:::hi") }
        #expect(try await poll.response().text == Self.again)
        #expect(io.connectionCount == 0)
    }

    @Test func `a client whose outbox overflows is told to reconnect`() async throws {
        var settings = SocketIOSettings()
        settings.outbox.maximumPackets = 5
        let (io, client, path) = try await openPolling(settings)
        // No poll is pending, so the packets fill the outbox.
        _ = try await client.post(path, body: #"5:::{"name":"flood"}"#)
        #expect(try await client.get(path).text == Self.again)
        #expect(io.connectionCount == 0)
    }

    @Test func `a client whose request failed is told to reconnect`() async throws {
        let (io, client, path) = try await openPolling(SocketIOSettings())
        let poll = try await client.start(.get, path)
        for connection in io.connections.all {
            try await client.onLoop { connection.transportEnded(.transportError) }
        }
        #expect(try await poll.response().text == Self.again)
        #expect(io.connectionCount == 0)
    }

    @Test func `a client that the server's code disconnects is not told to reconnect`() async throws {
        let (io, client, path) = try await openPolling(SocketIOSettings())
        let poll = try await client.start(.get, path)
        for socket in await io.everybody.sockets() { try await client.onLoop { socket.disconnect() } }
        #expect(try await poll.response().text == "0::")
        #expect(io.connectionCount == 0)
    }
}
