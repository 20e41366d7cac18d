import GustTesting
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustSocketIO

/// Requires that no connection and no socket of the test's endpoints is alive after each test of the suite.
///
/// In memory, the loops' clocks are advanced until every deadline has passed. Over TCP, the server and all connections
/// have stopped by then, but its loops may still have to release objects.
struct LeavingNothing: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard LiveObjects.witness == nil, testCase != nil else { return try await function() }
        let servers = Mutex<[SocketIO]>([])
        try await LiveObjects.$witness.withValue({ server in servers.withLock { $0.append(server) } }) {
            try await function()
        }
        for server in servers.withLock({ $0 }) { await Self.end(server) }
    }

    private static func end(_ server: SocketIO) async {
        let isTurned = server.shards.all.allSatisfy { $0.eventLoop is NIOAsyncTestingEventLoop }
        // A loop that has stopped doesn't accept work.
        if isTurned { server.close() }
        let deadline = ContinuousClock.now + .seconds(10)
        var looks = 0
        while looks < 200 || ContinuousClock.now < deadline {
            looks += 1
            for shard in server.shards.all {
                if let loop = shard.eventLoop as? NIOAsyncTestingEventLoop { await loop.advanceTime(by: .seconds(10)) }
            }
            if server.liveObjects.connections.current == 0, server.liveObjects.sockets.current == 0 { return }
            await Task.yield()
        }
        #expect(server.liveObjects.connections.current == 0, "connections are left")
        #expect(server.liveObjects.sockets.current == 0, "sockets are left")
    }
}

extension Trait where Self == LeavingNothing {
    /// Requires that no connection and no socket is alive after each test.
    static var leavesNothing: Self { LeavingNothing() }
}
