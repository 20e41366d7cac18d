import GustHTTP
import NIOCore
import NIOPosix
import Testing

@testable import GustSocketIO

/// Moving between loops that really run beside each other.
@Suite struct ConnectionHomeTests {
    @Test func `a connection that arrives on a loop knows that it is there`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let shards = Array(group.makeIterator()).map { LoopShard(executor: LoopExecutor($0)) }
        // The window is a few instructions wide: without the right order some of these moves miss it.
        for _ in 0..<5_000 {
            let home = ConnectionHome(shards[0])
            let isThere = await withCheckedContinuation { continuation in
                shards[0].eventLoop.execute {
                    home.move(to: shards[1]) { continuation.resume(returning: home.shard === shards[1]) }
                }
            }
            #expect(isThere)
        }
        try await group.shutdownGracefully()
    }
}
