import GustHTTP
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Work outside of the event loop, with an offloader that the tests control.
@Suite struct OffloadTests {
    /// Holds work until the test runs it.
    private final class HeldOffloader: Offloader {
        private let work = Mutex<[@Sendable (Bool) -> Void]>([])
        private let arrivals: AsyncStream<Void>.Continuation
        private let arrived: AsyncStream<Void>

        init() { (arrived, arrivals) = AsyncStream.makeStream() }

        func run(_ work: @escaping @Sendable (Bool) -> Void) {
            self.work.withLock { $0.append(work) }
            arrivals.yield()
        }

        /// Waits until there is work.
        func wait() async { for await _ in arrived { return } }

        func perform(hasRoom: Bool = true) {
            let work = work.withLock { work in
                defer { work = [] }
                return work
            }
            for work in work { work(hasRoom) }
        }

        var isEmpty: Bool { work.withLock { $0.isEmpty } }
    }

    private struct Failure: Error {}

    private let offloader = HeldOffloader()

    private func request(_ body: String = "") throws -> Request {
        let loop = NIOSingletons.posixEventLoopGroup.any()
        return Request(
            method: .post,
            target: try #require(RequestTarget("/")),
            headers: [.contentType: "application/json"],
            body: RequestBody(ByteBuffer(string: body)),
            executor: LoopExecutor(loop, offloader: offloader)
        )
    }

    /// Starts `body` on the loop of a request, as a server does.
    private func start<Value: Sendable>(
        _ request: Request,
        _ body: @escaping @Sendable (Request) async throws -> Value
    ) -> Task<Value, any Error> {
        Task(executorPreference: request.executor) { try await body(request) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `work runs on the thread of the offloader, and the handler resumes on the loop`() async throws {
        let task = start(try request()) { request in
            let ranOnLoop = try await request.offload { request.eventLoop.inEventLoop }
            return [ranOnLoop, request.eventLoop.inEventLoop]
        }
        await offloader.wait()
        offloader.perform()
        #expect(try await task.value == [false, true])
    }

    @Test(.timeLimit(.minutes(1)))
    func `an error of the work is rethrown`() async throws {
        let task = start(try request()) { request in try await request.offload { throw Failure() } }
        await offloader.wait()
        offloader.perform()
        await #expect(throws: Failure.self) { try await task.value }
    }

    @Test(.timeLimit(.minutes(1)))
    func `work isn't called if the task was cancelled before it began`() async throws {
        let task = start(try request()) { request in
            try await request.offload { Issue.record("the task was cancelled") }
        }
        await offloader.wait()
        task.cancel()
        offloader.perform()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test(.timeLimit(.minutes(1)))
    func `work that the offloader has no room for throws 503`() async throws {
        let task = start(try request()) { request in
            try await request.offload { Issue.record("there is no room") }
        }
        await offloader.wait()
        offloader.perform(hasRoom: false)
        await #expect { try await task.value } throws: { ($0 as? HTTPError)?.status == .serviceUnavailable }
    }

    @Test(.timeLimit(.minutes(1)))
    func `async work runs outside of the loop and is cancelled with its task`() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        let task = start(try request()) { request in
            try await request.offload {
                continuation.yield(request.eventLoop.inEventLoop ? "on the loop" : "off the loop")
                await withTaskCancellationHandler {
                    for await _ in AsyncStream<Void>.makeStream().stream {}
                } onCancel: {
                    continuation.yield("cancelled")
                }
                return "ended"
            }
        }
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == "off the loop")
        task.cancel()
        #expect(await iterator.next() == "cancelled")
        #expect(try await task.value == "ended")
        #expect(offloader.isEmpty)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a long JSON body is decoded outside of the loop, a short one on the loop`() async throws {
        let numbers = { (count: Int) in "[\(Array(repeating: "1", count: count).joined(separator: ","))]" }
        #expect(try await start(request(numbers(2_000))) { try await $0.decode([Int].self).count }.value == 2_000)
        let task = start(try request(numbers(2_100))) { try await $0.decode([Int].self).count }
        await offloader.wait()
        offloader.perform()
        #expect(try await task.value == 2_100)
    }

    @Test(.timeLimit(.minutes(1)))
    func `an invalid long body is answered with the reason`() async throws {
        let task = start(try request("[\(String(repeating: "1,", count: 3_000))x]")) { try await $0.decode([Int].self) }
        await offloader.wait()
        offloader.perform()
        await #expect { try await task.value } throws: { "\($0)" == "400 the body isn't JSON" }
    }
}
