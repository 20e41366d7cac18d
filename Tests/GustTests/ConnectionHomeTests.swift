import GustHTTP
import NIOCore
import NIOPosix
import Testing

@testable import GustSocketIO

/// A connection moves between loops that run in parallel.
@Suite struct ConnectionHomeTests {
    @Test func `after a move, a connection's loop is the loop that it arrived on`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let shards = Array(group.makeIterator()).map { LoopShard(executor: LoopExecutor($0)) }
        // The race window is a few instructions wide: with the wrong order, some of these moves fail.
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
