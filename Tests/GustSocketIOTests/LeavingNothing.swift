import GustTesting
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustSocketIO

/// After each test of the suite nothing of the endpoints that it opened is alive: no connection, no socket.
///
/// Endpoints are found when they are made; `EndpointHarness` refuses to be used without this trait. When a test has ended its
/// connections are closed, and their loops' clocks are turned until every deadline has passed. Whatever object is left then
/// is held by a cycle, or by a table that forgot to let go of it.
struct LeavingNothing: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard LiveObjects.witness == nil, testCase != nil else { return try await function() }
        let servers = Recorded<SocketIO>()
        try await LiveObjects.$witness.withValue({ servers.add($0) }) { try await function() }
        for server in servers.all { try await Self.end(server) }
    }

    private static func end(_ server: SocketIO) async throws {
        server.close()
        for _ in 0..<200 {
            for shard in server.shards.all {
                switch shard.eventLoop {
                case let loop as NIOAsyncTestingEventLoop: await loop.advanceTime(by: .seconds(10))
                case let loop as HandTurnedLoop: loop.advance(by: .seconds(10))
                default: Issue.record("a loop whose clock can't be turned")
                }
            }
            if server.liveObjects.connections.current == 0, server.liveObjects.sockets.current == 0 { return }
            await Task.yield()
        }
        #expect(server.liveObjects.connections.current == 0, "connections are left")
        #expect(server.liveObjects.sockets.current == 0, "sockets are left")
    }
}

extension Trait where Self == LeavingNothing {
    /// After each test no connection and no socket is alive.
    static var leavesNothing: Self { LeavingNothing() }
}
