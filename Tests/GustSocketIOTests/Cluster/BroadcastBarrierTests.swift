import Synchronization
import Testing

@testable import GustCluster

/// Waiting for broadcasts that are under way.
@Suite struct BroadcastBarrierTests {
    private let barrier = BroadcastBarrier()

    @Test func `without a broadcast nobody waits`() async {
        await barrier.pass()
        barrier.end(barrier.begin())
        await barrier.pass()
    }

    @Test func `a caller waits for the broadcasts before it, and not for those behind it`() async {
        let hasPassed = Mutex(false)
        let (first, second) = (barrier.begin(), barrier.begin())
        async let passing: Void = {
            await barrier.pass()
            hasPassed.withLock { $0 = true }
        }()
        while barrier.waitingCount == 0 { await Task.yield() }
        let later = barrier.begin()
        barrier.end(first)
        #expect(barrier.waitingCount == 1)
        #expect(!hasPassed.withLock { $0 })
        barrier.end(second)
        await passing
        #expect(hasPassed.withLock { $0 })
        barrier.end(later)
        await barrier.pass()
    }
}
