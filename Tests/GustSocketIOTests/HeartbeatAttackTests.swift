import GustTesting
import Testing

@testable import GustSocketIO

/// CVE-2026-48802: each pong of a client started one more heartbeat, also before the client had joined a namespace.
@Suite(.leavesNothing) struct HeartbeatAttackTests {
    private let io = SocketIO()
    private let client: TestClient

    init() { client = TestClient(EndpointHarness(io)) }

    /// Pongs that nobody asked for.
    private static let pongs = 10_000

    @Test func `pongs without a ping start no heartbeat, before and after CONNECT`() async throws {
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        let timers = try await timerCount()
        for _ in 0..<Self.pongs { try await webSocket.send("3") }
        #expect(try await timerCount() == timers)
        try await webSocket.send("40")
        _ = try await webSocket.next()
        for _ in 0..<Self.pongs { try await webSocket.send("3") }
        #expect(try await timerCount() == timers)
        for _ in 0..<2 {
            await client.advance(by: .milliseconds(25_020))
            #expect(try await webSocket.next() == .text("2"))
            #expect(try await webSocket.nextIfAny() == nil)
            for _ in 0..<100 { try await webSocket.send("3") }
        }
        await client.advance(by: .milliseconds(25_020))
        #expect(try await webSocket.next() == .text("2"))
        await client.advance(by: .milliseconds(20_020))
        #expect(io.connectionCount == 0)
    }

    @Test func `pongs in one POST start no heartbeat`() async throws {
        let target = try await client.pollingSession()
        let timers = try await timerCount()
        _ = try await client.post(target, body: Array(repeating: "3", count: 1_000).joined(separator: "\u{1E}"))
        #expect(try await timerCount() == timers)
        await client.advance(by: .milliseconds(25_020))
        #expect(try await client.get(target).text == "2")
    }

    @Test func `a client that pings gets one pong for each ping, and no timer for it`() async throws {
        let webSocket = try await client.webSocket("/socket.io/?EIO=3&transport=websocket")
        for _ in 0..<2 { _ = try await webSocket.next() }
        let timers = try await timerCount()
        for _ in 0..<Self.pongs { try await webSocket.send("2") }
        #expect(try await timerCount() == timers)
        for _ in 0..<Self.pongs { #expect(try await webSocket.nextIfAny() == .text("3")) }
        #expect(try await webSocket.nextIfAny() == nil)
    }

    private func timerCount() async throws -> Int {
        try await client.onLoop { [io] in io.shards.all.reduce(0) { $0 + $1.timers.armedCount } }
    }
}
