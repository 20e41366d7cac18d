import GustTesting
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustSocketIO

/// Checks after each test that all connections and sockets of the endpoints that the test made have been deallocated.
///
/// Endpoints are found when they are made; `EndpointHarness` records an issue if this trait is missing. After a test
/// the connections are closed, and the clocks of their loops are advanced until every deadline has passed. An object
/// that exists after that is retained by a reference cycle or by a table.
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
                default: Issue.record("the clock of a loop can't be advanced")
                }
            }
            if server.liveObjects.connections.current == 0, server.liveObjects.sockets.current == 0 { return }
            await Task.yield()
        }
        #expect(server.liveObjects.connections.current == 0, "connections were not deallocated")
        #expect(server.liveObjects.sockets.current == 0, "sockets were not deallocated")
    }
}

extension Trait where Self == LeavingNothing {
    /// Checks after each test that all its connections and sockets have been deallocated.
    static var leavesNothing: Self { LeavingNothing() }
}
