import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// Callers that wait until the operating system has taken the response to a poll.
@Suite(.leavesNothing) struct ConfirmedPollTests {
    private let io = SocketIO()
    private let loops: TwoLoops

    init() { loops = TwoLoops(io) }

    @Test func `a caller waits for a poll that is confirmed, if the first one fails`() async throws {
        let (continuations, made) = AsyncStream.makeStream(of: CheckedContinuation<Void, any Error>.self)
        let flush = Task { try await withCheckedThrowingContinuation { made.yield($0) } }
        var iterator = continuations.makeAsyncIterator()
        let continuation = try #require(await iterator.next())
        // The loops are made on this thread, which may be another one than before the suspension.
        let suite = ConfirmedPollTests()
        let loops = suite.loops
        let target = try loops.open()
        let connection = try #require(suite.io.connections.all.first)
        loops.first.turn {
            connection.sockets.first?.emit("news")
            let waiter = FlushWaiter()
            if waiter.begin(continuation) { connection.whenFlushed(waiter) }
        }
        let first = try loops.stream(target)
        #expect(first.text == #"42["news"]"#)
        loops.first.turnOnly { #expect(connection.bufferedBytes == 10) }
        loops.first.turn { first.complete(false) }
        #expect(connection.flushWaiters.count == 1)
        let second = try loops.stream(target)
        #expect(second.text == #"42["news"]"#)
        #expect(connection.flushWaiters.count == 1)
        loops.first.turn { second.complete(true) }
        #expect(connection.flushWaiters.isEmpty)
        loops.first.turnOnly { #expect(connection.bufferedBytes == 0) }
        try await flush.value
    }
}
