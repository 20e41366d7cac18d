import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// The default times of each revision, measured with the clock of the test.
@Suite(.serialized, .leavesNothing) struct DefaultTimesTests {
    private func echo() -> (SocketIO, TestClient) {
        let io = SocketIO()
        io.onConnect { socket in socket.onMessage { socket.send($0) } }
        return (io, TestClient(EndpointHarness(io)))
    }

    @Test(arguments: ClientProfile.engineIO)
    func `a client stays connected only while it answers heartbeats`(profile: ClientProfile) async throws {
        let (io, client) = echo()
        let socket = try await client.open(profile)
        for beat in 1...3 {
            await client.advance(by: .milliseconds(25_020))
            try await socket.heartbeat()
            #expect(try await socket.nextIfAny() == nil)
            #expect(socket.heartbeats == beat)
        }
        await client.advance(by: .seconds(46))
        #expect(io.connectionCount == 0)
        #expect(io.statistics.sockets == 0)
    }

    @Test(arguments: ClientProfile.all)
    func `a client that polls and answers heartbeats stays connected`(profile: ClientProfile) async throws {
        let (io, client) = echo()
        let socket = try await client.open(profile)
        for _ in 0..<24 {
            await client.advance(by: .milliseconds(5_010))
            try await socket.heartbeat()
            #expect(try await socket.nextIfAny() == nil)
        }
        #expect(io.connectionCount == 1)
        try await socket.send("still here")
        #expect(try await socket.nextMessage() == .text("still here"))
    }

    @Test(arguments: ClientProfile.all)
    func `a silent client is disconnected after the timeouts of its revision`(profile: ClientProfile) async throws {
        let (io, client) = echo()
        let socket = try await client.open(profile)
        try await socket.send("x")
        #expect(try await socket.nextMessage() == .text("x"))
        // The longest times: 25 s to the next ping and 60 s for the pong (0.9), or 20 s for a poll and 60 s without it.
        await client.advance(by: .seconds(90))
        #expect(io.connectionCount == 0)
        try await socket.drop()
        #expect(io.statistics.liveConnections == 0)
        #expect(io.statistics.sockets == 0)
    }
}
