import GustTesting
import HTTPTypes
import MetricsTestKit
import Testing

@testable import GustSocketIO

/// Metrics and statistics of connections and traffic.
@Suite(.leavesNothing) struct MetricsTests {
    private let metrics = TestMetrics()
    private let client: TestClient

    init() {
        var settings = SocketIOSettings()
        settings.metrics = metrics
        let io = SocketIO(settings)
        io.onConnect { socket in socket.on("echo") { (text: String) in socket.emit("echo", text) } }
        client = TestClient(EndpointHarness(io))
    }

    private func count(_ label: String, _ direction: String) throws -> Int64 {
        try metrics.expectCounter(label, [("transport", "websocket"), ("direction", direction)]).totalValue
    }

    @Test func `traffic and connections are reported every ten seconds while a client is connected`() async throws {
        let socket = try await client.open(over: .webSocket)
        await client.advance(by: .seconds(11))
        let connections = try metrics.expectMeter("socketio_connections", [("transport", "websocket")])
        #expect(connections.lastValue == 1)
        #expect(try metrics.expectMeter("socketio_sockets").lastValue == 1)
        let before = (try count("socketio_packets_total", "in"), try count("socketio_bytes_total", "out"))
        try await socket.emit("echo", "hé")
        _ = try await socket.next()
        await client.advance(by: .seconds(10))
        // 42["echo","hé"] is one packet of 16 bytes, both ways.
        #expect(try count("socketio_packets_total", "in") == before.0 + 1)
        #expect(try count("socketio_bytes_total", "out") == before.1 + 16)
        try await socket.drop()
        await client.advance(by: .seconds(10))
        #expect(connections.lastValue == 0)
        #expect(try metrics.expectCounter("socketio_sessions_total", [("transport", "websocket")]).totalValue == 1)
        await client.advance(by: .seconds(60))
        // No client is connected, so no further report is made.
        #expect(connections.values.count == 3)
    }

    // MARK: Refusals

    private func refused(_ reason: String) throws -> Int64 {
        try metrics.expectCounter("socketio_refused_connections_total", [("reason", reason)]).totalValue
    }

    private func serve(_ configure: (inout SocketIOSettings) -> Void) -> (SocketIO, TestClient) {
        var settings = SocketIOSettings()
        settings.metrics = metrics
        configure(&settings)
        let io = SocketIO(settings)
        return (io, TestClient(EndpointHarness(io)))
    }

    @Test func `a connection beyond a bound is counted by the name of the bound`() async throws {
        let (io, client) = serve { $0.maximumConnections = 1 }
        let socket = try await client.open(over: .webSocket)
        for _ in 0..<2 {
            #expect(try await client.get("/socket.io/?EIO=4&transport=polling").status == .serviceUnavailable)
        }
        #expect(io.statistics.refusedConnections == ["connections": 2])
        await client.advance(by: .seconds(11))
        #expect(try refused("connections") == 2)
        await client.advance(by: .seconds(10))
        #expect(try refused("connections") == 2)
        try await socket.drop()
    }

    @Test func `refused handshakes of 0.9 are reported although no client is connected`() async throws {
        let (io, client) = serve { $0.maximumAnnouncedConnections = 1 }
        #expect(try await client.get("/socket.io/1/").status == .ok)
        #expect(try await client.get("/socket.io/1/").status == .serviceUnavailable)
        #expect(io.statistics.refusedConnections == ["announced": 1])
        await client.advance(by: .seconds(11))
        #expect(try refused("announced") == 1)
    }

    @Test func `connections that are refused during a shutdown are counted`() async throws {
        let (io, client) = serve { _ in }
        io.close()
        #expect(try await client.get("/socket.io/?EIO=4&transport=polling").status == .serviceUnavailable)
        #expect(io.statistics.refusedConnections == ["shutdown": 1])
    }
}
