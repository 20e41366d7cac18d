import GustHTTP
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustServer

/// Cancellation of handlers whose peer disconnects.
@Suite struct HTTPCancellationTests {
    /// Waits until the task is cancelled or `letGo` is called.
    private final class Waiting: Sendable {
        private let continuation = Mutex<CheckedContinuation<Void, Never>?>(nil)
        private let cancellations = Atomic<Int>(0)

        var wasCancelled: Bool { cancellations.load(ordering: .relaxed) > 0 }

        func wait() async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { new in continuation.withLock { $0 = new } }
            } onCancel: {
                cancellations.wrappingAdd(1, ordering: .relaxed)
                letGo()
            }
        }

        func letGo() { continuation.withLock { $0.take() }?.resume() }
    }

    private let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private func open(_ waiting: Waiting) throws -> Wire {
        try Wire(
            SuspendingHandler { _ in
                await waiting.wait()
                return "done"
            }
        )
    }

    @Test func `a handler is cancelled when its peer disconnects`() throws {
        let waiting = Waiting()
        let wire = try open(waiting)
        #expect(try wire.send(request) == "")
        #expect(!waiting.wasCancelled)
        wire.channel.close(promise: nil)
        wire.loop.run()
        #expect(waiting.wasCancelled)
        #expect(try wire.received() == "")
    }

    @Test func `a handler isn't cancelled after it has answered`() throws {
        let waiting = Waiting()
        let wire = try open(waiting)
        try wire.send(request)
        waiting.letGo()
        #expect(try wire.received().hasSuffix("\r\n\r\ndone"))
        wire.channel.close(promise: nil)
        wire.loop.run()
        #expect(!waiting.wasCancelled)
    }

    @Test func `the response of a handler that was suspended is written in one write`() throws {
        let waiting = Waiting()
        let wire = try open(waiting)
        try wire.send(request)
        waiting.letGo()
        wire.loop.run()
        guard case .byteBuffer(let bytes) = try wire.channel.readOutbound(as: IOData.self) else {
            Issue.record("nothing was written")
            return
        }
        #expect(String(buffer: bytes).hasSuffix("\r\n\r\ndone"))
        #expect(try wire.channel.readOutbound(as: IOData.self) == nil)
    }

    @Test func `onAbort is called if the stream begins after the peer has disconnected`() throws {
        let waiting = Waiting()
        let ended = Ended()
        let wire = try Wire(
            SuspendingHandler { _ in
                await waiting.wait()
                return Response(
                    body: .stream { writer in
                        writer.onAbort = { ended.note() }
                    }
                )
            }
        )
        try wire.send(request)
        wire.channel.close(promise: nil)
        wire.loop.run()
        #expect(ended.wasHeard)
    }

    /// Whether `onAbort` was called.
    private final class Ended: Sendable {
        private let flag = Atomic(false)
        var wasHeard: Bool { flag.load(ordering: .relaxed) }
        func note() { flag.store(true, ordering: .relaxed) }
    }
}
