import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustWeb

/// Limits of concurrency, and load shedding.
@Suite struct LoadTests {
    /// Answers when the test says so.
    private final class Gate: Handler {
        private let waiting = Mutex<[CheckedContinuation<Response, any Error>]>([])

        var count: Int { waiting.withLock { $0.count } }

        func answer(_ request: Request) -> Answer {
            .pending {
                try await withCheckedThrowingContinuation { continuation in
                    self.waiting.withLock { $0.append(continuation) }
                }
            }
        }

        func open(_ response: Response = Response("done")) {
            let first = waiting.withLock { $0.removeFirst() }
            first.resume(returning: response)
        }
    }

    private let exchange = Exchange()

    private func start(_ handler: any Handler) throws -> Task<Exchange.Answer, any Error> {
        let answer = handler.answer(try exchange.request("/"))
        let exchange = UncheckedBox(exchange)
        return Task {
            do {
                return try exchange.value.collect(try await answer.response())
            } catch let error as HTTPError {
                return try exchange.value.collect(error.response)
            }
        }
    }

    /// The loop of the exchange is used by one task at a time.
    private struct UncheckedBox: @unchecked Sendable {
        let value: Exchange
        init(_ value: Exchange) { self.value = value }
    }

    private func wait(until condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test func `above the limit requests are 503 with Retry-After until another one ends`() async throws {
        let gate = Gate()
        let handler = ConcurrencyLimit(2, retryAfter: 7).wrapping(gate)
        let first = try start(handler)
        let second = try start(handler)
        await wait { gate.count == 2 }
        let refused = try await start(handler).value
        #expect(refused.status == .serviceUnavailable)
        #expect(refused.headers[.retryAfter] == "7")
        #expect(refused.text == "too many requests are in progress")
        gate.open()
        gate.open()
        #expect(try await first.value.text == "done")
        #expect(try await second.value.text == "done")
        let third = try start(handler)
        await wait { gate.count == 1 }
        gate.open()
        #expect(try await third.value.text == "done")
    }

    @Test func `a ready answer, an error and an answer that is never awaited leave their places`() async throws {
        let limit = ConcurrencyLimit(1)
        let ready = limit.wrapping(ImmediateHandler { _ in "ready" })
        let failing = limit.wrapping(ImmediateHandler { _ -> String in throw HTTPError(.conflict) })
        for _ in 0..<3 {
            #expect(try await start(ready).value.text == "ready")
            #expect(try await start(failing).value.status == .conflict)
        }
        _ = limit.wrapping(Gate()).answer(try exchange.request("/"))
        #expect(try await start(ready).value.text == "ready")
    }

    @Test func `a stream keeps its place until its end, or until its client is gone`() async throws {
        let limit = ConcurrencyLimit(1)
        let writers = Mutex<[NIOLoopBound<any ResponseWriter>]>([])
        let loop = exchange.loop
        let stream = limit.wrapping(
            ImmediateHandler { _ in
                Response(
                    body: .stream { writer in writers.withLock { $0.append(NIOLoopBound(writer, eventLoop: loop)) } }
                )
            }
        )
        let ready = limit.wrapping(ImmediateHandler { _ in "ready" })
        for isAborted in [false, true] {
            let response = try #require(try stream.answer(exchange.request("/")).immediateResponse)
            guard case .stream(let body) = response.body else { throw HTTPError(.internalServerError) }
            let recording = RecordingWriter(response, eventLoop: exchange.loop)
            body(recording)
            #expect(try await start(ready).value.status == .serviceUnavailable)
            if isAborted { recording.abort() } else { writers.withLock { $0.last }?.value.finish() }
            #expect(try await start(ready).value.text == "ready")
        }
        // A stream that is never begun, because the client is gone.
        _ = try stream.answer(exchange.request("/")).immediateResponse
        #expect(try await start(ready).value.text == "ready")
    }

    @Test func `an upgrade leaves its place when it is answered`() async throws {
        let limit = ConcurrencyLimit(1)
        let upgrade = limit.wrapping(
            ImmediateHandler { _ in
                Response(status: .switchingProtocols, body: .upgrade(WebSocketUpgrade { _ in WebSocketEvents() }))
            }
        )
        for _ in 0..<3 { #expect(try await start(upgrade).value.status == .switchingProtocols) }
    }

    @Test func `requests wait for their turn in order, and not more of them than allowed`() async throws {
        let gate = Gate()
        let slots = ConcurrencySlots(1, maximumWaiting: 2)
        let order = Order()
        #expect(slots.enter())
        var waiting: [Task<Bool, Never>] = []
        let loop = UncheckedLoop(exchange.loop)
        for number in 0..<2 {
            waiting.append(
                Task {
                    let hasPlace = await slots.wait(atMost: .seconds(1), on: loop.value)
                    order.append(number)
                    return hasPlace
                }
            )
            await wait { slots.waitingCount == number + 1 }
        }
        #expect(await !slots.wait(atMost: .seconds(1), on: exchange.loop))
        slots.leave()
        #expect(await waiting[0].value)
        #expect(slots.waitingCount == 1)
        slots.leave()
        #expect(await waiting[1].value)
        #expect(order.numbers == [0, 1])
        #expect(!slots.enter())
        slots.leave()
        #expect(slots.enter())
        #expect(gate.count == 0)
    }

    private final class Order: Sendable {
        private let state = Mutex<[Int]>([])
        var numbers: [Int] { state.withLock { $0 } }
        func append(_ number: Int) { state.withLock { $0.append(number) } }
    }

    private struct UncheckedLoop: @unchecked Sendable {
        let value: EmbeddedEventLoop
        init(_ value: EmbeddedEventLoop) { self.value = value }
    }

    @Test func `a request that has waited long enough is 503, and one whose client is gone takes no place`()
        async throws
    {
        let slots = ConcurrencySlots(1, maximumWaiting: 2)
        #expect(slots.enter())
        let loop = UncheckedLoop(exchange.loop)
        let late = Task { await slots.wait(atMost: .seconds(1), on: loop.value) }
        await wait { slots.waitingCount == 1 }
        // The timer is set before the waiting begins.
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(await !late.value)
        let gone = Task { await slots.wait(atMost: .seconds(1), on: loop.value) }
        await wait { slots.waitingCount == 1 }
        gone.cancel()
        #expect(await !gone.value)
        #expect(slots.waitingCount == 0)
        slots.leave()
        #expect(slots.enter())
    }

    @Test func `a waiting request is answered when a place is left`() async throws {
        let gate = Gate()
        let handler = ConcurrencyLimit(1, waiting: 1).wrapping(gate)
        let first = try start(handler)
        await wait { gate.count == 1 }
        let second = try start(handler)
        gate.open(Response("first"))
        #expect(try await first.value.text == "first")
        await wait { gate.count == 1 }
        gate.open(Response("second"))
        #expect(try await second.value.text == "second")
    }

    @Test func `requests are 503 while the loop is later than the limit`() async throws {
        let lag = Mutex(TimeAmount.milliseconds(200))
        let shedding = LoadShedding(above: .milliseconds(200), retryAfter: 3...3) { _ in lag.withLock { $0 } }
        let handler = shedding.wrapping(ImmediateHandler { _ in "hello" })
        #expect(try await start(handler).value.text == "hello")
        lag.withLock { $0 = .milliseconds(201) }
        let refused = try await start(handler).value
        #expect(refused.status == .serviceUnavailable)
        #expect(refused.headers[.retryAfter] == "3")
        #expect(refused.text == "the server is overloaded")
    }

    @Test func `the lag is the delay of the probe, or of one that is overdue, and is forgotten after a second`() {
        var probe = LagProbe()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        func ask(_ milliseconds: Int64) -> TimeAmount { probe.ask(at: start + .milliseconds(milliseconds)).lag }
        #expect(probe.ask(at: start) == (.zero, true))
        // A probe is on its way, and not late yet.
        #expect(probe.ask(at: start + .milliseconds(5)) == (.zero, false))
        #expect(ask(310) == .milliseconds(300))
        probe.end(at: start + .milliseconds(510))
        #expect(probe.ask(at: start + .milliseconds(510)) == (.milliseconds(500), true))
        probe.end(at: start + .milliseconds(521))
        #expect(ask(522) == .milliseconds(1))
        probe.end(at: start + .milliseconds(1_032))
        #expect(ask(1_900) == .milliseconds(500))
        probe.end(at: start + .milliseconds(1_910))
        #expect(ask(2_910) == .zero)
    }

    @Test func `a loop in time has no lag, and runs no task unless somebody asks`() {
        let loop = EmbeddedEventLoop()
        let executor = LoopExecutor(loop)
        #expect(executor.lag.current() == .zero)
        loop.advanceTime(by: .milliseconds(10))
        #expect(executor.lag.current() == .zero)
        loop.advanceTime(by: .seconds(10))
        #expect(executor.lag.current() == .zero)
    }
}
