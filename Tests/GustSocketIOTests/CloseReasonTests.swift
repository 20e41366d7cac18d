import GustTesting
import GustWire
import HTTPTypes
import Synchronization
import Testing

@testable import GustSocketIO

/// The reason that the handlers of a socket get for each of its ends, and what the client receives.
///
/// A client of socket.io reconnects by itself unless it has received DISCONNECT (`41`).
@Suite(.leavesNothing) struct CloseReasonTests {
    private final class Ends: Sendable {
        private let state = Mutex<[CloseReason]>([])
        var reasons: [CloseReason] { state.withLock { $0 } }
        func add(_ reason: CloseReason) { state.withLock { $0.append(reason) } }
    }

    private let ends = Ends()

    /// An endpoint with a client that has joined `/`.
    private func join(
        _ change: (inout SocketIOSettings) -> Void = { _ in }
    ) async throws -> (io: SocketIO, client: TestClient, webSocket: TestWebSocket) {
        var settings = SocketIOSettings()
        change(&settings)
        let io = SocketIO(settings)
        io.onConnect { [ends] socket in socket.onDisconnect { ends.add($0) } }
        let client = TestClient(EndpointHarness(io))
        return (io, client, try await client.joinedWebSocket())
    }

    @Test func `the raw values are the texts of Node's server, and two texts of ours`() {
        #expect(
            CloseReason.allCases.map(\.rawValue) == [
                "transport error", "transport close", "forced close", "ping timeout", "parse error",
                "server shutting down", "forced server close", "client namespace disconnect",
                "server namespace disconnect", "outbox overflow", "rate exceeded",
            ]
        )
    }

    @Test func `a client leaves its namespace`() async throws {
        let (_, _, webSocket) = try await join()
        try await webSocket.send("41")
        #expect(ends.reasons == [.clientNamespaceDisconnect])
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `a client that the server disconnects receives DISCONNECT and stays connected`() async throws {
        let (io, client, webSocket) = try await join()
        try await client.onLoop { io.everybody.disconnect() }
        #expect(ends.reasons == [.serverNamespaceDisconnect])
        #expect(try await webSocket.next() == .text("41"))
        #expect(try await webSocket.nextIfAny() == nil)
        #expect(io.connectionCount == 1)
    }

    @Test func `a client whose connection the server closes receives DISCONNECT before`() async throws {
        let (io, client, webSocket) = try await join()
        try await client.onLoop { io.everybody.disconnect(closingConnection: true) }
        #expect(ends.reasons == [.forcedServerClose])
        #expect(try await webSocket.next() == .text("41"))
        #expect(try await webSocket.next() == .close(nil))
    }

    @Test func `a client whose outbox overflows receives no DISCONNECT`() async throws {
        let (io, client, webSocket) = try await join { $0.outbox.maximumPackets = 2 }
        try await webSocket.setWritable(false)
        try await client.onLoop { for number in 1...3 { io.emit("news", number) } }
        #expect(ends.reasons == [.outboxOverflow])
        #expect(try await webSocket.next() == .close(nil))
    }

    @Test func `a client that exceeds the event rate receives no DISCONNECT`() async throws {
        let (_, _, webSocket) = try await join { $0.eventRate = EventRate(perSecond: 1, burst: 1) }
        try await webSocket.send(#"42["a"]"#)
        #expect(ends.reasons == [])
        try await webSocket.send(#"42["a"]"#)
        #expect(ends.reasons == [.rateExceeded])
        #expect(try await webSocket.next() == .close(nil))
    }

    @Test func `a client that sends an invalid packet receives no DISCONNECT`() async throws {
        let (_, _, webSocket) = try await join()
        try await webSocket.send("not a packet")
        #expect(ends.reasons == [.parseError])
        #expect(try await webSocket.next() == .close(nil))
    }

    @Test func `a heartbeat of the wrong direction is an error of the transport`() async throws {
        let (_, _, webSocket) = try await join()
        try await webSocket.send("2")
        #expect(ends.reasons == [.transportError])
        #expect(try await webSocket.next() == .close(nil))
    }

    @Test func `a client closes its connection`() async throws {
        let (_, _, webSocket) = try await join()
        try await webSocket.close()
        #expect(ends.reasons == [.transportClose])
    }

    @Test func `a client that doesn't answer the heartbeat in time is disconnected`() async throws {
        let (_, client, _) = try await join()
        await client.advance(by: .milliseconds(25_020))
        #expect(ends.reasons == [])
        await client.advance(by: .milliseconds(20_020))
        #expect(ends.reasons == [.pingTimeout])
    }

    @Test func `a server that stops closes connections without DISCONNECT`() async throws {
        let (io, client, webSocket) = try await join()
        try await client.onLoop { io.close() }
        #expect(ends.reasons == [.serverShuttingDown])
        #expect(try await webSocket.next() == .close(nil))
    }

    @Test func `a client that joins no namespace in time has no socket, so no handler is called`() async throws {
        let (io, client, first) = try await join()
        try await first.close()
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        await client.advance(by: .milliseconds(25_020))
        try await webSocket.send("3")
        await client.advance(by: .milliseconds(20_020))
        #expect(io.connectionCount == 0)
        #expect(ends.reasons == [.transportClose])
    }

    @Test func `a POST at the deadline of the heartbeat is refused, although the timer hasn't been called yet`()
        async throws
    {
        var settings = SocketIOSettings()
        settings.pingInterval = .milliseconds(300)
        settings.pingTimeout = .milliseconds(200)
        let io = SocketIO(settings)
        let client = TestClient(EndpointHarness(io))
        let greeting = try await client.get("/socket.io/?EIO=3&transport=polling").text
        let start = try #require(greeting.firstRange(of: #""sid":""#)).upperBound
        let target = "/socket.io/?EIO=3&transport=polling&sid=\(greeting[start...].prefix(20))"
        await client.advance(by: .milliseconds(499))
        #expect(try await client.post(target, body: "1:2").text == "ok")
        await client.advance(by: .milliseconds(500))
        let answer = try await client.post(target, body: "1:2")
        #expect(answer.status == .badRequest)
        #expect(io.connectionCount == 0)
    }
}
