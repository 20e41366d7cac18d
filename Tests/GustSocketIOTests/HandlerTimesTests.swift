import GustTesting
import NIOCore
import Testing

@testable import GustSocketIO

/// The times of handlers that are kept while somebody watches.
@Suite(.leavesNothing) struct HandlerTimesTests {
    private let io = SocketIO()
    private let client: TestClient
    private let gate = Gate()

    init() {
        client = TestClient(EndpointHarness(io))
        io.onConnect { [gate] socket in
            socket.on("quick") { (_: Int) in }
            socket.on("slow") { (_: Int) async in await gate.wait() }
            socket.on("slow") { (_: Int) in }
        }
    }

    @Test func `while nobody watches, no time is kept`() async throws {
        let socket = try await client.open()
        _ = try await socket.emitWithAcknowledgement("quick", 1)
        #expect(!io.handlerTimes.isWatched)
        io.handlerTimes.record(namespace: "/", event: "quick", .seconds(1))
        #expect(io.handlerTimes.slowest.isEmpty)
        try await socket.disconnect()
    }

    @Test func `an async handler is measured until its task has ended, together with the other handlers of the event`()
        async throws
    {
        io.handlerTimes.beginWatching()
        let socket = try await client.open()
        _ = try await socket.emitWithAcknowledgement("quick", 1)
        try await socket.emit("slow", 1)
        await client.advance(by: .milliseconds(250))
        #expect(io.handlerTimes.slowest.map(\.event) == ["quick"])
        gate.open()
        try await client.wait(for: "the end of the task") { [io] in io.handlerTimes.slowest.count == 2 }
        let quick = HandlerTimes.Entry(namespace: "/", event: "quick", count: 1, total: .zero, longest: .zero)
        let time = Duration.milliseconds(250)
        let slow = HandlerTimes.Entry(namespace: "/", event: "slow", count: 1, total: time, longest: time)
        #expect(io.handlerTimes.slowest == [slow, quick])
        try await socket.disconnect()
    }

    @Test func `a name without a handler is measured as other, and a namespace of a family by its pattern`()
        async throws
    {
        io.handlerTimes.beginWatching()
        try io.namespaces(matching: "/rooms/:number").on("ping") { (_: Socket, _: Int) in }
        let socket = try await client.open(namespace: "/rooms/7")
        for index in 0..<20 { try await socket.emit("made-up-\(index)", 1) }
        _ = try await socket.emitWithAcknowledgement("ping", 1)
        let entries = io.handlerTimes.slowest
        #expect(entries.map(\.event) == ["other", "ping"])
        #expect(entries.map(\.count) == [20, 1])
        #expect(entries.map(\.namespace) == ["/rooms/:number", "/rooms/:number"])
        try await socket.disconnect()
    }

    @Test func `the times are those of all watchers, and the last one that ends removes them`() async throws {
        let times = io.handlerTimes
        times.beginWatching()
        times.beginWatching()
        times.record(namespace: "/", event: "one", .milliseconds(2))
        times.endWatching()
        #expect(times.isWatched)
        times.record(namespace: "/", event: "one", .milliseconds(3))
        let longest = Duration.milliseconds(3)
        let both = HandlerTimes.Entry(
            namespace: "/",
            event: "one",
            count: 2,
            total: .milliseconds(5),
            longest: longest
        )
        #expect(times.slowest == [both])
        times.endWatching()
        #expect(!times.isWatched)
        #expect(times.slowest.isEmpty)
        times.endWatching()
        times.beginWatching()
        #expect(times.isWatched)
        times.record(namespace: "/", event: "two", .milliseconds(1))
        #expect(times.slowest.map(\.event) == ["two"])
    }

    @Test func `there are at most 1,000 names and others beyond, of which the 100 slowest are listed`() {
        let times = io.handlerTimes
        times.beginWatching()
        for index in 0..<1_100 { times.record(namespace: "/", event: "event-\(index)", .nanoseconds(Int64(index))) }
        let entries = times.slowest
        #expect(entries.count == 100)
        let first = HandlerTimes.Entry(
            namespace: "other",
            event: "other",
            count: 100,
            total: .nanoseconds((1_000..<1_100).reduce(0, +)),
            longest: .nanoseconds(1_099)
        )
        #expect(entries.first == first)
        #expect(entries.dropFirst().map(\.event) == (901..<1_000).reversed().map { "event-\($0)" })
    }
}
