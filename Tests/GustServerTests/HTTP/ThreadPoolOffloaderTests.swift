import Dispatch
import GustHTTP
import NIOPosix
import Synchronization
import Testing

@testable import GustServer

/// The thread pool on which a server runs the blocking work of handlers.
@Suite struct ThreadPoolOffloaderTests {
    @Test(.timeLimit(.minutes(1)))
    func `the amount of waiting work is limited, and there is room again after it has run`() async throws {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let offloader = ThreadPoolOffloader(pool)
        let gate = DispatchSemaphore(value: 0)
        let ran = Atomic(0)
        offloader.run { _ in gate.wait() }
        for _ in 1..<ThreadPoolOffloader.maximum { offloader.run { if $0 { ran.add(1, ordering: .relaxed) } } }
        let refused = Atomic(false)
        offloader.run { hasRoom in refused.store(!hasRoom, ordering: .relaxed) }
        let isRefused = refused.load(ordering: .relaxed)
        #expect(isRefused)
        gate.signal()
        await withCheckedContinuation { continuation in
            // One thread runs the work in order.
            pool.submit { _ in continuation.resume() }
        }
        let count = ran.load(ordering: .relaxed)
        #expect(count == ThreadPoolOffloader.maximum - 1)
        let hasRoom = await withCheckedContinuation { continuation in
            offloader.run { continuation.resume(returning: $0) }
        }
        #expect(hasRoom)
        try await pool.shutdownGracefully()
    }

    @Test func `a thread pool that has been shut down has no room`() async throws {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        try await pool.shutdownGracefully()
        let hasRoom = await withCheckedContinuation { continuation in
            ThreadPoolOffloader(pool).run { continuation.resume(returning: $0) }
        }
        #expect(!hasRoom)
    }
}
