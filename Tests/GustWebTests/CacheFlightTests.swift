import GustHTTP
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import GustWeb

/// Requests that wait for the response of another request.
@Suite struct CacheFlightTests {
    /// Answers when the test says so.
    private final class Origin: Handler {
        private let state = Mutex<(calls: Int, waiting: [CheckedContinuation<Response, any Error>])>((0, []))
        var calls: Int { state.withLock { $0.calls } }

        func answer(_ request: Request) -> Answer {
            .pending {
                try await withCheckedThrowingContinuation { continuation in
                    self.state.withLock {
                        $0.calls += 1
                        $0.waiting.append(continuation)
                    }
                }
            }
        }

        func send(_ text: String, _ control: String) {
            let first = state.withLock { $0.waiting.removeFirst() }
            first.resume(returning: Response(headers: [.cacheControl: control], body: .bytes(ByteBuffer(string: text))))
        }
    }

    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let exchange: Exchange
    private let origin = Origin()

    init() { exchange = Exchange(on: eventLoop) }

    private func start(_ handler: any Handler) throws -> Task<String, any Error> {
        let host = try #require(HTTPField.Name("Host"))
        let answer = handler.answer(try exchange.request("/", [host: "a"]))
        return Task {
            guard case .bytes(let bytes) = try await answer.response().body else { return "" }
            return String(buffer: bytes)
        }
    }

    private func wait(until condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test func `several requests at the same time are one request to the handler`() async throws {
        let handler = ResponseCache().wrapping(origin)
        let first = try start(handler)
        await wait { origin.calls == 1 }
        let others = try (0..<10).map { _ in try start(handler) }
        origin.send("one", "max-age=60")
        #expect(try await first.value == "one")
        for other in others { #expect(try await other.value == "one") }
        #expect(origin.calls == 1)
    }

    @Test func `if the response can't be stored, each gets its own, and nobody waits for the next`() async throws {
        let handler = ResponseCache().wrapping(origin)
        let first = try start(handler)
        await wait { origin.calls == 1 }
        let second = try start(handler)
        origin.send("one", "private")
        #expect(try await first.value == "one")
        await wait { origin.calls == 2 }
        let third = try start(handler)
        await wait { origin.calls == 3 }
        origin.send("two", "private")
        origin.send("three", "private")
        #expect(try await second.value == "two")
        #expect(try await third.value == "three")
        // A response that may be stored is stored nevertheless.
        let fourth = try start(handler)
        await wait { origin.calls == 4 }
        origin.send("four", "max-age=60")
        #expect(try await fourth.value == "four")
        #expect(try await start(handler).value == "four")
        #expect(origin.calls == 4)
    }

    @Test func `if the first request's client is gone, the others go on`() async throws {
        let flights = CacheFlights()
        let key = CacheKey(try exchange.request("/"), host: "a")
        var leader: CacheFlights.Leader?
        if case .leader(let first) = flights.role(key, at: .now()) { leader = first }
        #expect(leader != nil)
        guard case .follower(let waiter) = flights.role(key, at: .now()) else {
            Issue.record("the second request doesn't wait")
            return
        }
        leader = nil
        #expect(await waiter.wait(atMost: .seconds(60), on: eventLoop) == .turn)
        guard case .leader = flights.role(key, at: .now()) else {
            Issue.record("the URL has no leader any more")
            return
        }
    }
}
