import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Polling connections that upgrade to a WebSocket, and upgrades that fail.
@Suite(.leavesNothing) struct UpgradeTests {
    private let io = SocketIO()
    private let client: TestClient

    init() {
        client = TestClient(EndpointHarness(io))
        io.onConnect { socket in
            socket.on("say") { (text: String) in socket.emit("said", text) }
            socket.on("bye") { socket.disconnect(closingConnection: true) }
        }
    }

    /// Opens a WebSocket for the upgrade and sends the probe.
    private func probe(_ target: String) async throws -> TestWebSocket {
        let webSocket = try await client.candidate(of: target)
        try await webSocket.send("2probe")
        #expect(try await webSocket.next() == .text("3probe"))
        return webSocket
    }

    @Test func `a second WebSocket during an upgrade is refused, and the first one upgrades`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await probe(target)
        let second = try await client.candidate(of: target)
        #expect(try await second.next() == .close(nil))
        try await webSocket.send("5")
        try await webSocket.send(#"42["say","hi"]"#)
        #expect(try await webSocket.next() == .text(#"42["said","hi"]"#))
    }

    @Test func `a WebSocket for a connection that has upgraded is refused`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await probe(target)
        try await webSocket.send("5")
        let second = try await client.candidate(of: target)
        #expect(try await second.next() == .close(nil))
        try await webSocket.send(#"42["say","hi"]"#)
        #expect(try await webSocket.next() == .text(#"42["said","hi"]"#))
    }

    @Test func `packets that waited for a poll are sent over the WebSocket`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await probe(target)
        try await client.onLoop { [io] in for number in 1...40 { io.emit("news", number) } }
        try await webSocket.send("5")
        for number in 1...40 { #expect(try await webSocket.nextIfAny() == .text(#"42["news",\#(number)]"#)) }
    }

    @Test func `after the upgrade, traffic is counted for the WebSocket`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await probe(target)
        try await webSocket.send("5")
        let before = io.statistics.byTransport
        try await webSocket.send(#"42["say","hi"]"#)
        let after = io.statistics.byTransport
        #expect((after["websocket"]?.packetsIn ?? 0) - (before["websocket"]?.packetsIn ?? 0) == 1)
        #expect(after["polling"]?.packetsIn == before["polling"]?.packetsIn)
    }

    @Test func `the transport websocket requires an upgrade request, and polling refuses one`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await client.webSocket(target)
        #expect(try await webSocket.nextIfAny() == .close(nil))
        let answer = try await client.get(target.replacing("polling", with: "websocket"))
        #expect(answer.text == #"{"code":3,"message":"Bad request"}"#)
        _ = try await probe(target)
    }

    @Test func `a WebSocket that doesn't finish its upgrade in time is closed, and polling continues`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await client.candidate(of: target)
        await client.advance(by: .milliseconds(10_020))
        #expect(try await webSocket.nextIfAny() == .close(nil))
        #expect(try await client.post(target, body: #"42["say","hi"]"#).text == "ok")
        #expect(try await client.get(target).text == #"42["said","hi"]"#)
        _ = try await probe(target)
    }

    @Test func `a connection that ends closes the WebSocket of its upgrade`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await probe(target)
        _ = try await client.post(target, body: "1")
        #expect(try await webSocket.next() == .close(nil))
        #expect(io.connectionCount == 0)
    }

    @Test func `a closing connection closes the WebSocket of its upgrade`() async throws {
        let target = try await client.pollingSession()
        let webSocket = try await probe(target)
        // No poll is pending, so the closing connection waits for a poll.
        _ = try await client.post(target, body: #"42["bye"]"#)
        #expect(io.connectionCount == 1)
        #expect(try await webSocket.next() == .close(nil))
        #expect(try await client.get(target).text == "41\u{1E}1")
    }

    @Test func `a closing connection refuses a WebSocket`() async throws {
        let target = try await client.pollingSession()
        _ = try await client.post(target, body: #"42["bye"]"#)
        let webSocket = try await client.candidate(of: target)
        #expect(try await webSocket.next() == .close(nil))
    }

    @Test(arguments: ["4hello", "5", "2", "3probe", "x", ""])
    func `a candidate that doesn't begin with a probe is closed, and another may be attached`(text: String) async throws
    {
        let target = try await client.pollingSession()
        let webSocket = try await client.candidate(of: target)
        try await webSocket.send(text)
        #expect(try await webSocket.next() == .close(nil))
        await #expect(throws: TestError.self) { try await webSocket.send("2probe") }
        _ = try await probe(target)
    }
}
