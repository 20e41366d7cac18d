import GustHTTP
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustServer

/// What becomes of a handler whose peer leaves.
@Suite struct HTTPCancellationTests {
    /// Waits until it is cancelled, or let go.
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

    @Test func `a handler is cancelled when its peer leaves`() throws {
        let waiting = Waiting()
        let wire = try open(waiting)
        #expect(try wire.send(request) == "")
        #expect(!waiting.wasCancelled)
        wire.channel.close(promise: nil)
        wire.loop.run()
        #expect(waiting.wasCancelled)
        #expect(try wire.received() == "")
    }

    @Test func `a handler that has answered isn't cancelled any more`() throws {
        let waiting = Waiting()
        let wire = try open(waiting)
        try wire.send(request)
        waiting.letGo()
        #expect(try wire.received().hasSuffix("\r\n\r\ndone"))
        wire.channel.close(promise: nil)
        wire.loop.run()
        #expect(!waiting.wasCancelled)
    }

    @Test func `the answer of a handler that waited leaves in one write`() throws {
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

    @Test func `a stream that is ready when its peer has left hears of it`() throws {
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

    /// Whether an end was heard of.
    private final class Ended: Sendable {
        private let flag = Atomic(false)
        var wasHeard: Bool { flag.load(ordering: .relaxed) }
        func note() { flag.store(true, ordering: .relaxed) }
    }
}
