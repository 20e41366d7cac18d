import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// The details that handlers get of the end of a socket.
@Suite(.leavesNothing) struct DisconnectDetailsTests {
    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() {
        client = TestClient(EndpointHarness(io))
        io.onConnect { [log] socket in
            socket.onDisconnecting { reason, details in log.add("\(reason.rawValue): \(details)") }
            socket.onDisconnect { reason, details in
                log.add("\(reason.rawValue): \(details), \(details.webSocketCloseCode?.rawValue ?? 0)")
            }
            socket.on("leave") { socket.disconnect() }
        }
    }

    @Test func `the close code of a WebSocket is told`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.close(.goingAway)
        #expect(
            log.all == [
                "transport close: the client closed the WebSocket with code 1001",
                "transport close: the client closed the WebSocket with code 1001, 1001",
            ]
        )
    }

    @Test func `a broken WebSocket has no code`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.abort()
        #expect(log.all.last == "transport close: the network connection of the WebSocket ended, 0")
    }

    @Test func `the error of a packet that can't be decoded is told with its place`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["a",]"#)
        let line = try #require(log.all.last)
        #expect(line.hasPrefix("parse error: "))
        #expect(line.hasSuffix(", at byte 4, 0") || line.contains("at byte"), "\(line)")
    }

    @Test func `a packet that isn't allowed is named`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42/unknown,["a"]"#)
        #expect(log.all.last == "parse error: the client sent an event before CONNECT, 0")
    }

    @Test func `an end about which nothing more is known has the sentence of its reason`() async throws {
        var webSocket = try await client.joinedWebSocket()
        try await webSocket.send("41")
        #expect(log.all.last == "client namespace disconnect: the client left the namespace, 0")
        webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["leave"]"#)
        #expect(
            log.all.last
                == "server namespace disconnect: the server disconnected the socket from the namespace, 0"
        )
        _ = try await client.joinedWebSocket()
        await client.advance(by: .seconds(50))
        #expect(log.all.last == "ping timeout: the client did not answer a heartbeat in time, 0")
    }

    @Test func `an outbox that overflows is described`() async throws {
        var settings = SocketIOSettings()
        settings.outbox.maximumPackets = 3
        let io = SocketIO(settings)
        io.onConnect { [log] socket in
            socket.onDisconnect { reason, details in log.add("\(reason.rawValue): \(details)") }
        }
        let client = TestClient(EndpointHarness(io))
        _ = try await client.pollingSession()
        try await client.onLoop { for _ in 0..<4 { io.emit("a") } }
        #expect(log.all == ["outbox overflow: 4 frames with 28 bytes waited to be sent"])
    }

    @Test func `an error while the server closes the connection doesn't replace the reason`() async throws {
        let target = try await client.pollingSession()
        try await client.onLoop { [io] in
            io.emit("a")
            io.close()
        }
        #expect(log.all == [])
        _ = try await client.post(target, body: "42[")
        #expect(log.all.last == "server shutting down: the server shuts down, 0")
    }

    @Test(arguments: CloseReason.allCases)
    func `each reason has a sentence`(reason: CloseReason) {
        #expect(!reason.details.description.isEmpty)
        #expect(reason.details.webSocketCloseCode == nil)
    }
}
